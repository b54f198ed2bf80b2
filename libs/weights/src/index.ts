export { adoptFolders, type AdoptedFolder, type AdoptOptions } from "./adopt.ts";
export { type Collected, collectFiles, type CollectOptions, type WeightFile } from "./collect.ts";
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
export { changePointer, type ChangedPointer, type ChangePointerOptions } from "./change-pointer.ts";
export { followChannel, type FollowOptions } from "./follow-channel.ts";
export { channelHistory, type HistoryEntry } from "./history.ts";
export { issuer } from "./issued-by.ts";
export {
  type ChannelMove,
  type ChannelMoveOptions,
  promoteRelease,
  type PromoteOptions,
} from "./promote.ts";
export { type PromotionGates, refusal as promotionRefusal } from "./promotion-gates.ts";
export { type DiffOptions, type DiffSide, diffWeights } from "./diff-weights.ts";
export type { FileShare, UpdateShare } from "./chunk-share.ts";
export type { UpdateCost } from "./update-cost.ts";
export { repairWeights } from "./repair.ts";
export { rollbackChannel, type RollbackOptions } from "./rollback.ts";
export { storedName } from "./split-file.ts";
export type { AttestationTrust } from "./attested.ts";
export { storedFacts, type StoredFactsOptions } from "./stored-facts.ts";
export { signRelease } from "./sign-release.ts";
export { recordSmokeTest, type SmokeRecord } from "./smoke-record.ts";
export {
  type ChannelPlace,
  openTrustMemory,
  type Remembered,
  type TrustMemory,
} from "./trust-memory.ts";
export type { SigningOptions, TrustOptions } from "./trust.ts";
export { yankRelease, type YankOptions, type YankResult } from "./yank.ts";
export { readYanked, type Yanked } from "./yanked.ts";
export { scanWeightFile, type ScanWeightOptions, withRandomAccess } from "./scan-weight-file.ts";
