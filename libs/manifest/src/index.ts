export { urlFault, urlSchemes } from "./check-url.ts";
export { collectBytes } from "./collect-bytes.ts";
export { detectFormat, formatHeadBytes, formatTailBytes } from "./detect-format.ts";
export { isDigest, sameDigest, sha256, sha256Stream } from "./digest.ts";
export { ManifestError, type ManifestErrorCode } from "./error.ts";
export { formats, type Format } from "./format.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export { isLfsPointer, parseLfsPointer, refuseLfsPointer, type LfsPointer } from "./lfs-pointer.ts";
export { manifestLimits, type ManifestLimits } from "./manifest-limits.ts";
export type {
  ChunkIndexLocation,
  Manifest,
  ParsedManifest,
  Part,
  WeightEntry,
} from "./manifest.ts";
export { isModelName } from "./model-name.ts";
export { checkName, checkNames } from "./name.ts";
export { jsonDefaults, parseJson, type JsonOptions } from "./parse-json.ts";
export { parseManifest, type ManifestOptions } from "./parse-manifest.ts";
export { printable, printableBytes } from "./printable.ts";
export { compareReleases, newestFirst, parseRelease, type Release } from "./release.ts";
export { resolveUrl } from "./resolve-url.ts";
export { MIB, sizeBounds, sizeMb } from "./size-mb.ts";
export { writeManifest } from "./write-manifest.ts";
