export { checkContent } from "./check-content.ts";
export { urlFault, urlSchemes } from "./check-url.ts";
export {
  averageChunkBytes,
  buildChunkIndex,
  chunkDefaults,
  type BuildChunkIndexOptions,
} from "./chunks/build-chunk-index.ts";
export {
  chunkIndexBytes,
  decodeChunkIndex,
  encodeChunkIndex,
  maxChunks,
  type Chunk,
  type ChunkIndex,
} from "./chunks/chunk-index.ts";
export { inMemory, type RandomAccess } from "./chunks/random-access.ts";
export { collectBytes } from "./collect-bytes.ts";
export { detectFormat, formatHeadBytes, formatTailBytes } from "./detect-format.ts";
export { diffManifests, type DiffFile, type ManifestDiff } from "./diff-manifests.ts";
export { isDigest, sameDigest, sha256, sha256Stream } from "./digest.ts";
export { ManifestError, type ManifestErrorCode } from "./error.ts";
export { expectRelease } from "./expect-release.ts";
export { formats, type Format } from "./format.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export { isLfsPointer, parseLfsPointer, refuseLfsPointer, type LfsPointer } from "./lfs-pointer.ts";
export { manifestLimits, type ManifestLimits } from "./manifest-limits.ts";
export { manifestSchema, manifestSchemaText } from "./manifest-schema.ts";
export type {
  ChunkIndexLocation,
  Manifest,
  ParsedManifest,
  Part,
  WeightEntry,
} from "./manifest.ts";
export { tasks, type ModelInput, type ModelMetadata, type Task } from "./metadata.ts";
export { isModelName } from "./model-name.ts";
export { checkName, checkNames } from "./name.ts";
export { jsonDefaults, parseJson, type JsonOptions } from "./parse-json.ts";
export { parseManifest, type ManifestOptions } from "./parse-manifest.ts";
export { printable, printableBytes } from "./printable.ts";
export { readMetadata } from "./read-metadata.ts";
export { compareReleases, newestFirst, parseRelease, type Release } from "./release.ts";
export { resolveUrl } from "./resolve-url.ts";
export { rewriteUrls, type EntryUrls, type RewriteOptions } from "./rewrite-urls.ts";
export { isAllowedGlobal } from "./scan/allowed-globals.ts";
export { scanPickle, type PickleContent } from "./scan/scan-pickle.ts";
export {
  signEnvelope,
  verifyEnvelope,
  type Envelope,
  type VerifiedPayload,
} from "./signature/envelope.ts";
export {
  signModel,
  verifyModel,
  type ModelSignature,
  type SignedFile,
} from "./signature/model-signature.ts";
export { generateKeys, readSigningKey, type KeyPair } from "./signature/signing-key.ts";
export {
  keyHint,
  readTrustedKeys,
  type TrustedKey,
  type VerificationKey,
} from "./signature/trusted-key.ts";
export { MIB, sizeBounds, sizeMb } from "./size-mb.ts";
export { writeManifest } from "./write-manifest.ts";
