/** Why a request is refused before a model or a store is asked. */
export type ServerErrorCode =
  | "E_USAGE"
  | "E_NOT_FOUND"
  | "E_AUTH"
  | "E_LIMIT"
  | "E_MEDIA"
  | "E_INPUT"
  | "E_BUSY"
  | "E_CONFLICT"
  | "E_CLOSED"
  | "E_TIMEOUT"
  | "E_BUG";

/** The one error class of the server. Its message is sent to the client, so it names no path and no secret. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly code: ServerErrorCode;
  /** HTTP status. */
  readonly status: number;
  readonly retryAfterSeconds?: number;

  constructor(
    code: ServerErrorCode,
    status: number,
    message: string,
    options: ErrorOptions & { readonly retryAfterSeconds?: number } = {},
  ) {
    super(message, options);
    this.code = code;
    this.status = status;
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
