/** Why a manifest, a name, a digest or a file's content was refused. */
export type ManifestErrorCode =
  | "E_PATH"
  | "E_MANIFEST_PARSE"
  | "E_MANIFEST_SCHEMA"
  | "E_MISMATCH"
  | "E_DIGEST"
  | "E_SIZE"
  | "E_LIMIT"
  | "E_LFS_POINTER"
  | "E_SIG"
  | "E_KEY"
  | "E_SCAN";

/** The one error class of this room. The message names the file and the way out, with control characters escaped. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  readonly code: ManifestErrorCode;

  constructor(code: ManifestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
