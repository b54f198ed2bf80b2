import { jsonDefaults } from "../json/parse-json.ts";

/** Caps of a manifest (rows M11, M12, M15, M16 and M22). */
export interface ManifestLimits {
  /** Bytes of the manifest itself; default 4 MiB. */
  readonly maxBytes: number;
  /** Objects and arrays inside each other; default 16. */
  readonly maxDepth: number;
  /** Weight files; default 10,000. */
  readonly maxFiles: number;
  /** Bytes of one weight file; default 64 GiB. */
  readonly maxFileBytes: number;
  /** Bytes of all weight files together; default 1 TiB. */
  readonly maxTotalBytes: number;
}

export const manifestLimits: ManifestLimits = {
  maxBytes: jsonDefaults.maxBytes,
  maxDepth: jsonDefaults.maxDepth,
  maxFiles: 10_000,
  maxFileBytes: 64 * 1024 ** 3,
  maxTotalBytes: 1024 ** 4,
};

/** Characters and items that no honest manifest needs more of. */
export const textLimits = { description: 4096, url: 8192, mirrors: 100, parts: 10_000 } as const;
