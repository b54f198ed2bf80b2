/** Why bytes did not arrive, or were not the ones asked for. */
export type FetchErrorCode =
  | "E_USAGE"
  | "E_NETWORK"
  | "E_TIMEOUT"
  | "E_REDIRECT"
  | "E_RANGE"
  | "E_AUTH"
  | "E_NOT_FOUND"
  | "E_SIZE"
  | "E_DIGEST"
  | "E_DISK"
  | "E_LIMIT"
  | "E_CANCELLED";

/** The one error class of this room. The message names the file, the source and the way out. */
export class FetchError extends Error {
  override readonly name = "FetchError";
  readonly code: FetchErrorCode;

  constructor(code: FetchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
