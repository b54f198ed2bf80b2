/** What the command line itself refuses. */
export type CliErrorCode = "E_USAGE" | "E_NOT_FOUND" | "E_DIGEST" | "E_AUTH" | "E_NETWORK";

/** The one error class of this room. The message names the flag, variable or file and the way out. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
