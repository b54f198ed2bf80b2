export { adoptFolders, type AdoptedFolder, type AdoptOptions } from "./adopt.ts";
export {
  createManifest,
  type CreatedManifest,
  type CreateManifestOptions,
} from "./create-manifest.ts";
export { type Problem, WeightsError, type WeightsErrorCode } from "./error.ts";
export { type FinishOptions, finishRelease } from "./finish-release.ts";
export { listChannels } from "./list-channels.ts";
export { listModels } from "./list-models.ts";
export { type ListedVersion, listVersions } from "./list-versions.ts";
export { movePointer } from "./move-pointer.ts";
export type { LimitHit, StorePlan } from "./plan-store.ts";
export type { Pointer, PointerMove } from "./pointer.ts";
export { type PrunedVersion, type PruneOptions, pruneVersions } from "./prune.ts";
export type {
  PublishedStore,
  PublishEvent,
  PublishOptions,
  PublishResult,
  StoreOpener,
  StoreOptions,
} from "./publish-request.ts";
export { publishWeights } from "./publish.ts";
export { readPointer, type StoredPointer } from "./read-pointer.ts";
export { readRelease, type ReadReleaseOptions, type StoredRelease } from "./read-release.ts";
export { isSyncSkipped } from "./skip.ts";
export { storeKeys } from "./store-keys.ts";
export type { SyncedFile, SyncEvent, SyncOptions, SyncResult } from "./sync-request.ts";
export { syncWeights } from "./sync.ts";
export {
  type VerifiedFile,
  type VerifyEvent,
  type VerifyOptions,
  type VerifyResult,
  verifyWeights,
} from "./verify.ts";
export { writeChecksums } from "./write-checksums.ts";
export { writeFileWhole } from "./write-file.ts";
