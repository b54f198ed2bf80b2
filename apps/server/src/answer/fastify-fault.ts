import { ServerError } from "../error.ts";

const messages: Readonly<Record<number, readonly [ServerError["code"], string]>> = {
  400: ["E_USAGE", "the request cannot be read"],
  404: ["E_NOT_FOUND", "there is nothing here"],
  406: ["E_MEDIA", "a multipart form is wanted"],
  408: ["E_TIMEOUT", "the request took too long"],
  413: ["E_LIMIT", "the request is larger than what is taken here"],
  414: ["E_LIMIT", "the address is too long"],
  415: ["E_MEDIA", "this content type is not taken here"],
  429: ["E_BUSY", "too many requests"],
  431: ["E_LIMIT", "the headers are too large"],
  503: ["E_CLOSED", "the server is about to stop"],
};

/** An error of the HTTP framework in this server's words; undefined for errors of others. */
export function fastifyFault(error: unknown): ServerError | undefined {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const isFramework = typeof code === "string" && /^FST_/.test(code);
  // Its JSON parser throws a SyntaxError with a status and no code.
  const isParser = error instanceof Error && error.name === "SyntaxError" && statusCode === 400;
  if (!isFramework && !isParser) return undefined;
  const raw = typeof statusCode === "number" ? statusCode : 500;
  const status = raw === 406 ? 415 : raw;
  const found = messages[raw];
  if (found === undefined) return undefined;
  return new ServerError(found[0], status, found[1], { cause: error });
}
