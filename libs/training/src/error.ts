/** Why a model could not be made or read, or why one sample could not be used. */
export type TrainingErrorCode =
  /** The backbone or the exported model cannot be used. */
  | "E_MODEL"
  /** A sample cannot be read. */
  | "E_INPUT"
  /** Numbers that are not finite: in features, in the loss. */
  | "E_OUTPUT"
  /** Too few samples or classes to train on. */
  | "E_SAMPLES"
  | "E_USAGE"
  | "E_ABORTED";

/** The one error class of this room. The message names the model, the sample or the argument, and the way out. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
  readonly code: TrainingErrorCode;

  constructor(code: TrainingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
