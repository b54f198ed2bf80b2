import type { FastifyInstance } from "fastify";
import { ServerError } from "../error.ts";
import { toProblem } from "./problem.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The admin token was asked for, so that errors may say more. */
    readonly isAdmin?: boolean;
    /** The route asks a model. */
    readonly asking?: boolean;
  }
  interface FastifyRequest {
    /** Code of the error that it was answered with. */
    failure?: string;
  }
}

const isProtocolPath = (url: string): boolean => /^\/v2(?:[/?]|$)/.test(url);

/** Answers errors as problem details, and below `/v2` in the words of the protocol. What went wrong here is logged. */
export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler(() => {
    throw new ServerError("E_NOT_FOUND", 404, "there is nothing here");
  });
  app.setErrorHandler((error, request, reply) => {
    const { isAdmin = false, asking = false } = request.routeOptions.config ?? {};
    const told = toProblem(error, { requestId: request.id, isAdmin, asking });
    const { problem } = told;
    request.failure = problem.code;
    const { id: requestId } = request;
    if (problem.code === "E_BUG") request.log.error({ err: error, requestId }, "failed");
    else if (told.status >= 500) {
      const { message } = error as Error;
      request.log.warn({ code: problem.code, message, requestId }, "not answered");
    }
    if (reply.sent || reply.raw.headersSent) return;
    if (problem.retryAfter !== undefined) void reply.header("retry-after", problem.retryAfter);
    // The rest of a body that is not wanted is not read: the connection cannot be used again.
    if (told.status === 413 || told.status === 408) void reply.header("connection", "close");
    if (isProtocolPath(request.url)) {
      const status = [415, 422].includes(told.status) ? 400 : told.status;
      return reply.status(status).send({ error: problem.detail ?? problem.title });
    }
    return reply
      .status(told.status)
      .type("application/problem+json; charset=utf-8")
      .send(JSON.stringify(problem));
  });
}
