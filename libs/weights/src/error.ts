/** Why a verb of a release did not do its work. */
export type WeightsErrorCode =
  | "E_USAGE"
  | "E_NOT_FOUND"
  | "E_AUTH"
  | "E_EXISTS"
  | "E_CONFLICT"
  | "E_MISMATCH"
  | "E_DIGEST"
  | "E_SIZE"
  | "E_NETWORK"
  | "E_DISK"
  | "E_LIMIT"
  | "E_LFS_POINTER"
  | "E_PIN";

/** The one error class of this room. The message names the file, the source and the way out. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";
  readonly code: WeightsErrorCode;

  constructor(code: WeightsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
