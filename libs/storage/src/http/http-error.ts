import { StorageError, type StorageErrorCode } from "../error.ts";

/** A request that failed, with what a caller needs to decide on a retry. */
export class HttpError extends StorageError {
  /** Status of the answer, or undefined where none came. */
  readonly status: number | undefined;
  /** The `Retry-After` header in ms, raw: not capped, undefined where absent or unreadable. */
  readonly retryAfterMs: number | undefined;
  /** Whether the same request may succeed later: 408, 425, 429, 5xx, 618, cut and refused connections. */
  readonly retryable: boolean;

  constructor(
    code: StorageErrorCode,
    message: string,
    facts: { status?: number; retryAfterMs?: number; retryable: boolean },
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.retryable = facts.retryable;
  }
}
