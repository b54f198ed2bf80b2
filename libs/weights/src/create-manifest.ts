import type { Cache } from "@plimsoll/cache";
import type { JsonObject, ParsedManifest } from "@plimsoll/manifest";
import type { CollectOptions } from "./collect.ts";
import type { IndexedFile } from "./hash-files.ts";
import type { PublishEvent } from "./publish-request.ts";

/** What `createManifest` takes. */
export interface CreateManifestOptions extends CollectOptions {
  readonly release?: string;
  readonly model?: string;
  readonly description?: string;
  /** Each file's `url` becomes `<baseUrl>/<name>`. */
  readonly baseUrl?: string;
  /** Also cut files of 1 MiB and more into chunks, and name their indexes in the manifest; default false. */
  readonly chunks?: boolean;
  /** Globs of files with `required: false`. */
  readonly optional?: readonly string[];
  /** Section 5 of the contracts; default: what lies in the folder, where a release is named. */
  readonly metadata?: JsonObject;
  /** The manifest to bring up to date: keeps the URLs of unchanged files and everything not said anew. */
  readonly existing?: ParsedManifest;
  /** Knows files that were hashed before; default: every file is hashed. */
  readonly cache?: Cache;
  readonly now?: () => Date;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: Extract<PublishEvent, { type: "hash" }>) => void;
}

export interface CreatedManifest {
  readonly manifest: ParsedManifest;
  readonly files: readonly IndexedFile[];
  /** The folder that was looked through, absolute. */
  readonly folder: string;
}

/**
 * Hashes weight files, each read once and several at a time, and gives their manifest. With `existing`, files that did
 * not change keep their URLs and `required`, and a manifest in which nothing changes keeps its bytes. Nothing is
 * written.
 *
 * Throws what `collectFiles` throws (`E_NOT_FOUND`, `E_PATH`, `E_LFS_POINTER`), and `E_CONFLICT` for a file that changes
 * while it is read.
 */
export async function createManifest(options: CreateManifestOptions): Promise<CreatedManifest> {
  const { makeManifest } = await import("./make-manifest.ts");
  return await makeManifest(options);
}
