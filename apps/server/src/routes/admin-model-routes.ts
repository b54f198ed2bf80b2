import type { ModelAction } from "@plimsoll/api";
import type { FastifyInstance } from "fastify";
import { checkedBody } from "../answer/body.ts";
import { clientGone } from "../answer/client-gone.ts";
import type { Context } from "../context.ts";
import { modelParam } from "./model-param.ts";

/** Reload, versions, metadata, pin and unload. */
export function adminModelRoutes(scope: FastifyInstance, { serving }: Context): void {
  const base = "/api/v1/admin";
  scope.post(`${base}/reload-models`, async (request, reply) => {
    const body = await checkedBody("ReloadRequest", request.body);
    const answer = await serving.reload(body, { signal: clientGone(reply) });
    const failed = answer.models.find(({ error }) => error !== undefined);
    // One model that failed is an error; of several the answer tells which.
    if (!answer.success && answer.models.length === 1 && failed?.error !== undefined) {
      const { code, message } = failed.error;
      throw Object.assign(new Error(message), { code });
    }
    return answer;
  });
  scope.get(`${base}/models/versions/:model`, async (request) =>
    serving.versions(modelParam(request)),
  );
  scope.get(`${base}/models/metadata/:model`, async (request) =>
    serving.metadata(modelParam(request)),
  );
  scope.post(`${base}/models/:model/pin`, async (request): Promise<ModelAction> => {
    const model = modelParam(request);
    const { pinned } = await checkedBody("PinRequest", request.body);
    await serving.pin(model, pinned);
    return { model, message: pinned ? `${model} stays loaded` : `${model} may be unloaded` };
  });
  scope.post(`${base}/models/:model/unload`, async (request): Promise<ModelAction> => {
    const model = modelParam(request);
    await serving.unload(model);
    return { model, message: `${model} is unloaded; the next request loads it again` };
  });
}
