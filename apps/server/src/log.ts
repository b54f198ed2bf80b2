import { type DestinationStream, type Logger, pino } from "pino";

/** Fields that may hold a secret, wherever a line has them. */
const secrets = [
  "authorization",
  "x-api-key",
  "api-key",
  "cookie",
  "token",
  "apiKey",
  "adminToken",
  "password",
  "secret",
];

/**
 * Structured lines: JSON with escaped control characters, so that no value can begin a line of its own. Headers are not
 * logged at all; what may hold a secret is blacked out should a line have it.
 */
export function openLog(level: string, stream?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: "[redacted]",
      },
      serializers: {
        req: (request: { id: string; method: string; url: string; ip?: string }) => ({
          id: request.id,
          method: request.method,
          // A token in the query is refused, and must not be kept either.
          path: request.url.split("?", 1)[0]?.slice(0, 500),
          from: request.ip,
        }),
        res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
        err: (error: Error & { code?: unknown }) => ({
          name: error.name,
          code: error.code,
          message: error.message,
          stack: error.stack,
        }),
      },
    },
    ...(stream === undefined ? [] : [stream]),
  );
}
