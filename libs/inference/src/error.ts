/** Why a model could not be loaded, or an input not be answered. */
export type InferenceErrorCode =
  /** The files are no model that can be served: damaged, of another format, refused by the runtime. */
  | "E_MODEL"
  /** The bytes of a file are not those that were named. */
  | "E_DIGEST"
  /** Inputs or outputs are not those of the version that serves. */
  | "E_SIGNATURE"
  /** Golden inputs did not give the golden outputs. */
  | "E_GOLDEN"
  /** It would not fit into the memory budget. */
  | "E_MEMORY"
  /** The picture, sound, text or tensor cannot be used. */
  | "E_INPUT"
  /** The input is of a kind that this model does not take. */
  | "E_MEDIA"
  /** The model gave numbers that are not finite. */
  | "E_OUTPUT"
  /** No answer in time: the child was ended. */
  | "E_TIMEOUT"
  /** The child ended while it worked. */
  | "E_CRASH"
  /** The queue is full, or the model is starting again: try later. */
  | "E_BUSY"
  /** A newer request for the same model came first. */
  | "E_SUPERSEDED"
  | "E_USAGE"
  | "E_CLOSED"
  | "E_ABORTED";

/** The one error class of this room. The message names the model or the input, and the way out. */
export class InferenceError extends Error {
  override readonly name = "InferenceError";
  readonly code: InferenceErrorCode;
  /** Seconds after which another try makes sense, with `E_BUSY`, `E_CRASH` and `E_TIMEOUT`. */
  readonly retryAfterSeconds?: number;

  constructor(
    code: InferenceErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterSeconds?: number } = {},
  ) {
    super(message, options);
    this.code = code;
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
