/** Why a sample was not taken or a retraining run ended. */
export type PipelineErrorCode = "E_USAGE";

/** The one error class of this room. The message names the sample or the run, and the way out. */
export class PipelineError extends Error {
  override readonly name = "PipelineError";
  readonly code: PipelineErrorCode;

  constructor(code: PipelineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
