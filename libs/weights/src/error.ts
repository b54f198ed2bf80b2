/** Why a verb of a release did not do its work. Codes of the rooms below are passed on as they are. */
export type WeightsErrorCode =
  | "E_USAGE"
  | "E_NOT_FOUND"
  | "E_AUTH"
  | "E_EXISTS"
  | "E_CONFLICT"
  | "E_MISMATCH"
  | "E_MANIFEST_PARSE"
  | "E_MANIFEST_SCHEMA"
  | "E_PATH"
  | "E_DIGEST"
  | "E_SIZE"
  | "E_NETWORK"
  | "E_TIMEOUT"
  | "E_REDIRECT"
  | "E_RANGE"
  | "E_DISK"
  | "E_LIMIT"
  | "E_LOCKED"
  | "E_LFS_POINTER"
  | "E_PIN"
  | "E_SIG"
  | "E_KEY"
  | "E_STALE"
  | "E_YANKED"
  | "E_ROLLBACK"
  | "E_EQUIVOCATION"
  | "E_SEQUENCE"
  | "E_SCAN"
  | "E_GATE"
  | "E_CANCELLED";

/** One thing that went wrong with one file or one store. */
export interface Problem {
  /** The weight file or the store's URL. */
  readonly name: string;
  /** Stable; also `E_…` codes of the rooms below. */
  readonly code: string;
  readonly message: string;
}

/** The one error class of this room. The message names the file, the source and the way out. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";
  readonly code: WeightsErrorCode;
  /** Everything that went wrong, where that was more than one thing; the first gave the code. */
  readonly problems: readonly Problem[];

  constructor(
    code: WeightsErrorCode,
    message: string,
    options?: ErrorOptions & { readonly problems?: readonly Problem[] },
  ) {
    super(message, options);
    this.code = code;
    this.problems = options?.problems ?? [];
  }
}
