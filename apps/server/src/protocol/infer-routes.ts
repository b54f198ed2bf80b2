import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Context } from "../context.ts";
import { ServerError } from "../error.ts";
import { reserveBody } from "../limits/reserve-body.ts";
import { askModel } from "../routes/ask-model.ts";
import { modelParam, versionParam } from "../routes/model-param.ts";
import { readInfer } from "./read-infer.ts";
import { refused } from "./refused.ts";
import { writeInfer } from "./write-infer.ts";

const headerOf = (request: FastifyRequest): string | undefined => {
  const value = request.headers["inference-header-content-length"];
  if (Array.isArray(value)) throw refused("Inference-Header-Content-Length: sent twice");
  return value;
};

/** `POST /v2/models/:model[/versions/:version]/infer`. The scope is this room's own: bodies stay bytes. */
export function inferRoutes(scope: FastifyInstance, context: Context): void {
  const { inferBytes, inferJsonBytes } = context.limits;
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    ["application/json", "application/octet-stream"],
    { parseAs: "buffer" },
    (_request, body, done) => done(null, body),
  );
  const options = {
    bodyLimit: inferBytes,
    config: { asking: true },
    onRequest: reserveBody(context, inferBytes),
  };
  for (const path of ["/v2/models/:model/infer", "/v2/models/:model/versions/:version/infer"]) {
    scope.post(path, options, async (request, reply) => {
      const model = modelParam(request);
      const version = versionParam(request);
      const { body } = request;
      if (!(body instanceof Uint8Array)) throw refused("a body is wanted");
      const wish = readInfer(body, headerOf(request), inferJsonBytes);
      const prediction = await askModel(context, request, reply, {
        model,
        ...(version !== undefined && { version }),
        input: {
          kind: "tensors",
          tensors: wish.tensors,
          ...(wish.outputs !== undefined && { outputs: wish.outputs }),
        },
      });
      if (prediction.output.kind !== "tensors") {
        throw new ServerError("E_BUG", 500, "the model gave no tensors");
      }
      const answer = writeInfer(prediction, prediction.output.tensors, wish);
      if (answer.headerLength === undefined) void reply.type("application/json");
      else {
        void reply.type("application/octet-stream");
        void reply.header("inference-header-content-length", answer.headerLength);
      }
      return reply.send(answer.body);
    });
  }
}
