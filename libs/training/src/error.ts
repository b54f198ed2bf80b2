/** Why a model could not be made or read. */
export type TrainingErrorCode = "E_MODEL" | "E_USAGE";

/** The one error class of this room. The message names the model or the argument, and the way out. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
  readonly code: TrainingErrorCode;

  constructor(code: TrainingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
