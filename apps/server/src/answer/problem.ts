import { STATUS_CODES } from "node:http";
import type { Problem } from "@plimsoll/api";
import { ServerError } from "../error.ts";
import { fastifyFault } from "./fastify-fault.ts";
import { codeOf, statusOf } from "./status-of.ts";

/** What is sent for an error. */
export interface Told {
  readonly status: number;
  readonly problem: Problem;
}

export interface ProblemOptions {
  readonly requestId: string;
  /** Who has the admin token is told why; others only that it was not their fault. */
  readonly isAdmin?: boolean;
  /** The route asks a model. */
  readonly asking?: boolean;
}

/** Codes whose messages speak of what the client sent, and of nothing else. */
const aboutTheRequest = new Set(["E_INPUT", "E_MEDIA", "E_USAGE", "E_BUSY", "E_CLASS", "E_QUOTA"]);

function retryAfterOf(error: unknown): number | undefined {
  const { retryAfterSeconds } = (error ?? {}) as { readonly retryAfterSeconds?: unknown };
  return typeof retryAfterSeconds === "number"
    ? Math.max(1, Math.ceil(retryAfterSeconds))
    : undefined;
}

function detailOf(error: unknown, status: number, options: ProblemOptions): string | undefined {
  if (error instanceof ServerError) return error.message;
  const message = (error as { readonly message?: unknown } | null)?.message;
  const code = codeOf(error);
  if (typeof message !== "string" || code === "E_BUG") return undefined;
  if (options.isAdmin || (status < 500 && aboutTheRequest.has(code))) return message;
  return code === "E_NOT_FOUND" ? "there is no such model or version" : undefined;
}

/**
 * An error as problem details (RFC 9457). Messages of the rooms name files, addresses and sometimes paths: they go to
 * who has the admin token; others are told what concerns their own request, and of the rest only the code.
 */
export function toProblem(raw: unknown, options: ProblemOptions): Told {
  const error = fastifyFault(raw) ?? raw;
  const status = statusOf(error, options);
  const detail = detailOf(error, status, options);
  const retryAfter = retryAfterOf(error) ?? (status === 503 ? 1 : undefined);
  return {
    status,
    problem: {
      type: "about:blank",
      title: STATUS_CODES[status] ?? "Error",
      status,
      code: codeOf(error),
      ...(detail !== undefined && { detail }),
      // Refusals are the same for everyone, whatever was asked for; what went wrong here can be found in the log.
      ...(status >= 500 && { requestId: options.requestId }),
      ...(retryAfter !== undefined && { retryAfter }),
    },
  };
}
