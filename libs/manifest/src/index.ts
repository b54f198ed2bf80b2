export { checkContent } from "./document/check-content.ts";
export { urlFault, urlSchemes } from "./document/check-url.ts";
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
export { inMemory, type RandomAccess } from "./bytes/random-access.ts";
export { collectBytes } from "./bytes/collect-bytes.ts";
export { detectFormat, formatHeadBytes, formatTailBytes } from "./format/detect-format.ts";
export { diffManifests, type DiffFile, type ManifestDiff } from "./document/diff-manifests.ts";
export { digestFile, type DigestFileOptions } from "./digests/digest-file.ts";
export { DigestThreads } from "./digests/digest-threads.ts";
export { isDigest, sameDigest, sha256, sha256Stream } from "./bytes/digest.ts";
export { ManifestError, type ManifestErrorCode } from "./error.ts";
export { expectRelease } from "./document/expect-release.ts";
export type { Facts, OnnxFacts } from "./facts/facts.ts";
export { readFacts } from "./facts/read-facts.ts";
export { formats, type Format } from "./format/format.ts";
export type { JsonObject, JsonValue } from "./json/json.ts";
export {
  isLfsPointer,
  parseLfsPointer,
  refuseLfsPointer,
  type LfsPointer,
} from "./format/lfs-pointer.ts";
export { manifestLimits, type ManifestLimits } from "./document/manifest-limits.ts";
export { manifestSchema, manifestSchemaText } from "./document/manifest-schema.ts";
export type {
  ChunkIndexLocation,
  Manifest,
  ParsedManifest,
  Part,
  WeightEntry,
} from "./document/manifest.ts";
export { tasks, type ModelInput, type ModelMetadata, type Task } from "./metadata/metadata.ts";
export { isModelName } from "./names/model-name.ts";
export { checkName, checkNames } from "./names/name.ts";
export { jsonDefaults, parseJson, type JsonOptions } from "./json/parse-json.ts";
export { parseManifest, type ManifestOptions } from "./document/parse-manifest.ts";
export { printable, printableBytes } from "./text/printable.ts";
export { readMetadata } from "./metadata/read-metadata.ts";
export { compareReleases, newestFirst, parseRelease, type Release } from "./names/release.ts";
export { resolveUrl } from "./document/resolve-url.ts";
export { rewriteUrls, type EntryUrls, type RewriteOptions } from "./document/rewrite-urls.ts";
export { isAllowedGlobal } from "./scan/allowed-globals.ts";
export type { Finding, FindingLevel, FindingRule } from "./scan/finding.ts";
export { checkScan, scanFile, type ScanOptions, type ScanReport } from "./scan/scan-file.ts";
export { scanPickle, scanPickleIn, type PickleContent } from "./scan/scan-pickle.ts";
export { verifyAttestation, type AttestationOptions } from "./signature/attestation.ts";
export type { AttestationClaims, AttestationPolicy } from "./signature/attestation-claims.ts";
export {
  signEnvelope,
  verifyEnvelope,
  type Envelope,
  type VerifiedPayload,
} from "./signature/envelope.ts";
export {
  generateMinisignKeys,
  minisignPublicKey,
  readMinisignKey,
  signMinisign,
  type MinisignOptions,
} from "./signature/minisign.ts";
export {
  signModel,
  verifyModel,
  type ModelSignature,
  type SignedFile,
} from "./signature/model-signature.ts";
export { pemText } from "./signature/pem-text.ts";
export { generateKeys, readSigningKey, type KeyPair } from "./signature/signing-key.ts";
export {
  signSsh,
  sshNamespace,
  sshPublicKey,
  type SshSignatureOptions,
} from "./signature/ssh-signature.ts";
export {
  keyHint,
  readTrustedKeys,
  type TrustedKey,
  type VerificationKey,
} from "./signature/trusted-key.ts";
export { MIB, sizeBounds, sizeMb } from "./document/size-mb.ts";
export { writeManifest } from "./document/write-manifest.ts";
