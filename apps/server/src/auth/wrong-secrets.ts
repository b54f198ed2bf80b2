import type { FastifyInstance } from "fastify";
import type { WrongSecrets } from "./gate.ts";

/** Counts wrong secrets for each address in a table of bounded size, a minute at a time. */
export function countWrongSecrets(
  app: FastifyInstance,
  what: string,
  maxPerMinute: number,
): WrongSecrets {
  const limit = app.createRateLimit({
    max: maxPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => `${what} ${request.ip}`,
  });
  return async (request, { count }) => {
    const state = await limit(request, { increment: count });
    return !state.isAllowed && state.isExceeded ? Math.max(1, state.ttlInSeconds) : undefined;
  };
}
