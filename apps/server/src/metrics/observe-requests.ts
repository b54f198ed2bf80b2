import type { FastifyInstance } from "fastify";
import type { Context } from "../context.ts";
import { ServerError } from "../error.ts";

/** Asked often by machines, and of no interest in a log. */
const quiet = /^\/(?:health|metrics|v2\/health)/;
/** Answered also while the server drains. */
const always =
  /^\/(?:health\/live|health\/ready|health|metrics|v2\/health\/(?:live|ready))(?:\?|$)/;

/** Counts, times and logs every answer, and refuses new work while the server drains. */
export function observeRequests(app: FastifyInstance, context: Context): void {
  const { lifecycle, metrics } = context;
  app.addHook("onRequest", async (request, reply) => {
    lifecycle.inFlight += 1;
    reply.raw.once("close", () => {
      lifecycle.inFlight -= 1;
    });
    if (!lifecycle.draining || always.test(request.url)) return;
    void reply.header("connection", "close");
    throw new ServerError("E_CLOSED", 503, "the server is about to stop", { retryAfterSeconds: 5 });
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method } = request;
    const { statusCode: status } = reply;
    const route = request.routeOptions.url ?? "none";
    const bytes = Number(reply.getHeader("content-length") ?? 0);
    metrics.request({ method, route, status, seconds: reply.elapsedTime / 1000, bytes });
    if (request.failure !== undefined) metrics.failed(request.failure);
    if (quiet.test(route) && status < 400) return;
    request.log.info(
      { req: request, status, ms: Math.round(reply.elapsedTime), code: request.failure },
      "answered",
    );
  });
}
