/** Why the cache could not hold or give a file. */
export type CacheErrorCode =
  "E_DISK" | "E_LIMIT" | "E_LOCKED" | "E_DIGEST" | "E_PATH" | "E_AUTH" | "E_NOT_FOUND";

/** The one error class of this room. The message names the path and the way out. */
export class CacheError extends Error {
  override readonly name = "CacheError";
  readonly code: CacheErrorCode;

  constructor(code: CacheErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
