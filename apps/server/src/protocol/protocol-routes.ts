import type { ProtocolModel, ServerMetadata, TensorMetadata } from "@plimsoll/api";
import type { ModelStatus, TensorInfo, VersionStatus } from "@plimsoll/inference";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { apiKey } from "../auth/read-secret.ts";
import { sameSecret } from "../auth/same-secret.ts";
import type { Context } from "../context.ts";
import { ServerError } from "../error.ts";
import { modelParam, versionParam } from "../routes/model-param.ts";

const described = ({ name, type, shape }: TensorInfo): TensorMetadata => ({
  name,
  datatype: type,
  shape: [...shape],
});

/** The version that was asked for, or the one that serves, if it is ready. */
function readyVersion(
  status: ModelStatus | undefined,
  version?: string,
): VersionStatus | undefined {
  const wanted = version ?? status?.serving;
  return status?.versions.find((each) => each.version === wanted && each.state === "ready");
}

/** Health, and what models take and give. */
export function protocolRoutes(app: FastifyInstance, context: Context): void {
  const { config, lifecycle, models, serving } = context;
  const statusOf = (model: string): ModelStatus | undefined =>
    models.status().find((each) => each.model === model);

  /** Who may predict may have a model loaded by asking what it takes; others only see what is loaded. */
  function mayLoad(request: FastifyRequest): boolean {
    const given = apiKey(request);
    return config.apiKey === undefined || (given !== undefined && sameSecret(given, config.apiKey));
  }

  function configured(request: FastifyRequest): string {
    const model = modelParam(request);
    if (serving.configured().some((each) => each.model === model)) return model;
    throw new ServerError("E_NOT_FOUND", 404, "there is no such model or version");
  }

  app.get("/v2", (): ServerMetadata => ({
    name: "plimsoll",
    version: config.version,
    extensions: ["binary_tensor_data", "model_repository"],
  }));
  app.get("/v2/health/live", () => ({ live: true }));
  app.get("/v2/health/ready", (_request, reply) =>
    reply.status(lifecycle.draining ? 503 : 200).send({ ready: !lifecycle.draining }),
  );

  const describe = async (request: FastifyRequest): Promise<ProtocolModel> => {
    const model = configured(request);
    const version = versionParam(request);
    let status = statusOf(model);
    let found = readyVersion(status, version);
    if (found === undefined && mayLoad(request)) {
      status = await serving.load(model, version);
      found = readyVersion(status, version);
    }
    if (found === undefined) {
      throw new ServerError("E_BUSY", 503, "the model is not loaded", { retryAfterSeconds: 5 });
    }
    const versions = (status?.versions ?? []).filter(({ state }) => state === "ready");
    return {
      name: model,
      versions: versions.map((each) => each.version),
      platform: "onnxruntime_onnx",
      inputs: found.inputs.map(described),
      outputs: found.outputs.map(described),
    };
  };
  const options = { config: { asking: true } };
  app.get("/v2/models/:model", options, describe);
  app.get("/v2/models/:model/versions/:version", options, describe);

  for (const path of ["/v2/models/:model/ready", "/v2/models/:model/versions/:version/ready"]) {
    app.get(path, (request, reply) => {
      const model = configured(request);
      const found = readyVersion(statusOf(model), versionParam(request));
      return reply.status(found === undefined ? 503 : 200).send({
        name: model,
        ready: found !== undefined,
      });
    });
  }
}
