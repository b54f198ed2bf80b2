import type { FastifyInstance } from "fastify";
import { checkedBody } from "../answer/body.ts";
import { clientGone } from "../answer/client-gone.ts";
import type { Context } from "../context.ts";
import { ServerError } from "../error.ts";
import { modelParam } from "./model-param.ts";

/** Channels, traffic and configuration of a model. Every one can be asked what it would do. */
export function channelRoutes(scope: FastifyInstance, { serving }: Context): void {
  const base = "/api/v1/admin/models/:model";
  scope.post(`${base}/promote`, async (request, reply) => {
    const body = await checkedBody("PromoteRequest", request.body);
    return serving.promote(modelParam(request), body, { signal: clientGone(reply) });
  });
  scope.post(`${base}/rollback`, async (request, reply) => {
    const body = await checkedBody("RollbackRequest", request.body);
    return serving.rollback(modelParam(request), body, { signal: clientGone(reply) });
  });
  scope.post(`${base}/traffic`, async (request, reply) => {
    const body = await checkedBody("TrafficRequest", request.body);
    return serving.traffic(modelParam(request), body, { signal: clientGone(reply) });
  });
  scope.put(`${base}/config`, async (request, reply) => {
    const model = modelParam(request);
    const settings = await checkedBody("ModelSettings", request.body);
    const ifMatch = request.headers["if-match"];
    if (ifMatch === undefined) {
      throw new ServerError("E_USAGE", 428, "If-Match: send the etag that you read, or *");
    }
    const { dryRun } = request.query as { readonly dryRun?: unknown };
    const answer = await serving.configure(model, settings, {
      ifMatch,
      dryRun: dryRun === "true" || dryRun === "1",
    });
    if (answer.etag !== null) void reply.header("etag", answer.etag);
    return answer;
  });
}
