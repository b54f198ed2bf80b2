import type { FastifyReply, FastifyRequest } from "fastify";
import type { Context } from "../context.ts";

/** A hook that sets the memory of a body aside before its first byte is read, until the answer has gone. */
export function reserveBody({ budget }: Context, maxBytes: number) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const told = request.headers["content-length"];
    const bytes = told !== undefined && /^\d{1,15}$/.test(told) ? Number(told) : undefined;
    const release = budget.reserve(bytes, maxBytes);
    reply.raw.once("close", release);
  };
}
