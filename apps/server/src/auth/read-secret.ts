import type { FastifyRequest } from "fastify";

/** How often a header was sent: of some, Node keeps the first and hides the rest. */
const timesSent = (request: FastifyRequest, name: string): number =>
  request.raw.rawHeaders.filter((each, index) => index % 2 === 0 && each.toLowerCase() === name)
    .length;

/** The token of `Authorization: Bearer <token>`. Sent twice, or in the address, it is none. */
export function bearerToken(request: FastifyRequest): string | undefined {
  if (timesSent(request, "authorization") !== 1) return undefined;
  return /^Bearer ([\x21-\x7e]+)$/.exec(request.headers.authorization ?? "")?.[1];
}

/** The key of `x-api-key` or `api-key`. Sent twice it is none. */
export function apiKey(request: FastifyRequest): string | undefined {
  const names = ["x-api-key", "api-key"];
  if (names.reduce((sum, name) => sum + timesSent(request, name), 0) !== 1) return undefined;
  const value = names.map((name) => request.headers[name]).find((each) => each !== undefined);
  return typeof value === "string" && value !== "" ? value : undefined;
}
