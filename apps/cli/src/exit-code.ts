import type { CacheErrorCode } from "@plimsoll/cache";
import type { FetchErrorCode } from "@plimsoll/fetch";
import type { InferenceErrorCode } from "@plimsoll/inference";
import type { ManifestErrorCode } from "@plimsoll/manifest";
import type { PipelineErrorCode } from "@plimsoll/pipeline";
import type { StorageErrorCode } from "@plimsoll/storage";
import type { TrainingErrorCode } from "@plimsoll/training";
import type { WeightsErrorCode } from "@plimsoll/weights";
import type { CliErrorCode } from "./error.ts";

type RoomCode =
  | CacheErrorCode
  | CliErrorCode
  | FetchErrorCode
  | InferenceErrorCode
  | ManifestErrorCode
  | PipelineErrorCode
  | StorageErrorCode
  | TrainingErrorCode
  | WeightsErrorCode;

/** A code that a command can end with. */
export type Code = RoomCode | "E_BUG";

/** Exit code of every error code: the contract that scripts rely on. The compiler refuses a missing and a foreign one. */
export const exitCodes: Readonly<Record<Code, number>> = {
  E_BUG: 1,
  E_USAGE: 2,
  E_NOT_FOUND: 3,
  E_AUTH: 4,
  E_PATH: 5,
  E_MANIFEST_PARSE: 5,
  E_MANIFEST_SCHEMA: 5,
  E_MISMATCH: 5,
  E_DIGEST: 5,
  E_SIZE: 5,
  E_SIG: 5,
  E_KEY: 5,
  E_STALE: 5,
  E_YANKED: 5,
  E_LFS_POINTER: 5,
  E_SCAN: 5,
  E_ROLLBACK: 5,
  E_EQUIVOCATION: 5,
  E_SEQUENCE: 5,
  E_PIN: 5,
  E_RANGE: 6,
  E_REDIRECT: 6,
  E_NETWORK: 6,
  E_TIMEOUT: 6,
  E_DISK: 7,
  E_LIMIT: 7,
  E_LOCKED: 8,
  E_EXISTS: 9,
  E_CONFLICT: 9,
  E_GATE: 10,
  E_SAMPLES: 10,
  E_MODEL: 10,
  E_OUTPUT: 10,
  E_SIGNATURE: 10,
  E_GOLDEN: 10,
  E_MEMORY: 10,
  E_SUPERSEDED: 9,
  E_CLASS: 2,
  E_QUOTA: 10,
  E_INPUT: 2,
  E_MEDIA: 2,
  E_CRASH: 10,
  E_BUSY: 8,
  E_CLOSED: 1,
  E_ABORTED: 130,
  E_CANCELLED: 130,
};

const isCode = (code: string): code is Code => Object.hasOwn(exitCodes, code);

/**
 * Exit code of an error code; an unknown one is a bug (1). `E_LIMIT` means space (7), except where a manifest broke its
 * caps: `room` is then the `name` of the error, `ManifestError` (5).
 */
export function exitCode(code: string, room?: string): number {
  if (code === "E_LIMIT" && room === "ManifestError") return 5;
  return isCode(code) ? exitCodes[code] : exitCodes.E_BUG;
}
