import { HttpError, StorageError, type StorageErrorCode } from "@plimsoll/storage";
import { FetchError, type FetchErrorCode } from "./error.ts";

/** What to do about a request that failed. */
export interface Failure {
  /**
   * `retry`: the same may succeed later · `changed`: the object is another one now · `range`: the host does not give
   * ranges as it should · `source`: not from this source · `wrong`: it sent other bytes than a chunk's · `fatal`: from none.
   */
  readonly kind: "retry" | "changed" | "range" | "source" | "wrong" | "fatal";
  readonly error: FetchError;
  readonly retryAfterMs?: number | undefined;
}

/** A failure that this room found in an answer. */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(kind: Failure["kind"], code: FetchErrorCode, message: string) {
    super(message);
    this.failure = { kind, error: new FetchError(code, message) };
  }
}

/** Judges what a request or its body threw. `name` is the file's, for the message. */
export function failureOf(error: unknown, name: string): Failure {
  if (error instanceof Refusal) return error.failure;
  if (error instanceof FetchError) return { kind: "fatal", error };
  if (!(error instanceof StorageError)) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      kind: "source",
      error: new FetchError("E_NETWORK", `${name}: ${message}`, { cause: error }),
    };
  }
  const failed = new FetchError(codes[error.code], `${name}: ${error.message}`, { cause: error });
  if (error.code === "E_CONFLICT") return { kind: "changed", error: failed };
  if (error.code === "E_RANGE") return { kind: "range", error: failed };
  if (error instanceof HttpError) {
    const { retryable, retryAfterMs, status = 0 } = error;
    // A success that carries no file (204): some hosts answer so to ranges.
    if (status >= 200 && status < 300) return { kind: "range", error: failed };
    return { kind: retryable ? "retry" : "source", error: failed, retryAfterMs };
  }
  const passing = error.code === "E_NETWORK" || error.code === "E_TIMEOUT";
  return { kind: passing ? "retry" : "source", error: failed };
}

const codes: Readonly<Record<StorageErrorCode, FetchErrorCode>> = {
  E_USAGE: "E_USAGE",
  E_PATH: "E_USAGE",
  E_NOT_FOUND: "E_NOT_FOUND",
  E_AUTH: "E_AUTH",
  E_EXISTS: "E_NETWORK",
  E_CONFLICT: "E_NETWORK",
  E_NETWORK: "E_NETWORK",
  E_TIMEOUT: "E_TIMEOUT",
  E_REDIRECT: "E_REDIRECT",
  E_RANGE: "E_RANGE",
  E_SIZE: "E_SIZE",
  E_DIGEST: "E_DIGEST",
  E_LIMIT: "E_LIMIT",
  E_DISK: "E_DISK",
};
