import type { Format } from "../format/format.ts";
import type { JsonObject } from "../json/json.ts";

/** A file of chunk digests that lies beside a weight file. */
export interface ChunkIndexLocation {
  readonly url: string;
  /** Bytes of the index file. */
  readonly size: number;
  /** SHA-256 of the index file, 64 lower-case hex digits. */
  readonly checksum: string;
}

/** One piece of a weight file that is larger than its host takes as one file. Pieces lie end to end from offset 0. */
export interface Part {
  readonly url: string;
  /** Bytes before this part in the whole file. */
  readonly offset: number;
  /** Bytes of this part. */
  readonly size: number;
  /** SHA-256 of this part, 64 lower-case hex digits. */
  readonly checksum: string;
}

/** What a manifest says about one weight file. Names and meanings of the JSON, see docs/protocol/manifest.md. */
export interface WeightEntry {
  /** Where the bytes are; absent where the file has not been published yet. */
  readonly url?: string;
  /** MiB, two decimals. In a 1.0 manifest it bounds the size to ± 1 %. */
  readonly size_mb?: number;
  /** SHA-256, 64 lower-case hex digits; absent only in a WEIGHTS_URLS.json. */
  readonly checksum?: string;
  readonly algorithm?: "sha256";
  /** A missing `required` means true: a failed download is an error. */
  readonly required: boolean;
  /** Bytes, exact. Absent in a 1.0 manifest. */
  readonly size?: number;
  /** Further URLs of the same bytes. */
  readonly mirrors?: readonly string[];
  readonly format?: Format;
  readonly chunks?: ChunkIndexLocation;
  readonly parts?: readonly Part[];
  /** Compression of the bytes at `url`; `size` and `checksum` are those of the decoded file. */
  readonly encoding?: "gzip" | "zstd";
  readonly encoded_size?: number;
  readonly encoded_checksum?: string;
}

/** The content of a manifest, checked. `weights` keeps the document's order. */
export interface Manifest {
  /** Of the format: "1.0" or "2.x". */
  readonly version: string;
  readonly description?: string;
  /** The published version, `v` + semver. */
  readonly release?: string;
  readonly model?: string;
  /** ISO 8601, UTC. */
  readonly created_at?: string;
  readonly weights: ReadonlyMap<string, WeightEntry>;
  readonly metadata?: JsonObject;
}

/** A manifest together with the bytes that it was read from: those are what is hashed and signed. */
export interface ParsedManifest {
  readonly manifest: Manifest;
  /** The whole document, unknown fields included: what `rewriteUrls` edits. */
  readonly document: JsonObject;
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`, hex. */
  readonly digest: string;
  /** What a person should know though it stops nothing, e.g. a missing checksum. */
  readonly warnings: readonly string[];
}
