/** Why a sample was not taken or a retraining run ended. */
export type PipelineErrorCode =
  | "E_USAGE"
  /** No such model, run or sample. */
  | "E_NOT_FOUND"
  /** The content is of a kind that is not taken: not parse-only, or not what this model learns from. */
  | "E_MEDIA"
  /** The content is damaged, empty, too large or too long. */
  | "E_INPUT"
  /** The class is not known, or the same bytes are there under another. */
  | "E_CLASS"
  /** Too many samples of one class or from one sender. */
  | "E_QUOTA"
  /** The data cannot be learned from: one class, too few originals. */
  | "E_SAMPLES"
  /** The new version is not good enough to go on. */
  | "E_GATE"
  /** Another run of this model is on its way. */
  | "E_LOCKED"
  /** The lock of the run was lost to another process. */
  | "E_CONFLICT"
  /** The local disk is full or refuses. */
  | "E_DISK"
  /** The process that worked ended. */
  | "E_CRASH"
  /** Somebody cancelled the run. */
  | "E_CANCELLED";

/** The one error class of this room. The message names the sample or the run, and the way out. */
export class PipelineError extends Error {
  override readonly name = "PipelineError";
  readonly code: PipelineErrorCode;

  constructor(code: PipelineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
