import { escapeText } from "./escape-text.ts";

/** Why a store could not do what it was asked. */
export type StorageErrorCode =
  | "E_USAGE"
  | "E_PATH"
  | "E_NOT_FOUND"
  | "E_AUTH"
  | "E_EXISTS"
  | "E_CONFLICT"
  | "E_NETWORK"
  | "E_TIMEOUT"
  | "E_REDIRECT"
  | "E_RANGE"
  | "E_SIZE"
  | "E_DIGEST"
  | "E_LIMIT"
  | "E_DISK";

/** The one error class of this room. The message names the store and the key, never a secret; control characters come out escaped. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(escapeText(message), options);
    this.code = code;
  }
}
