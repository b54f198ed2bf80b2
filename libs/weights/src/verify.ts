import { dirname, join, resolve } from "node:path";
import { type Cache, openCache } from "@plimsoll/cache";
import type { ParsedManifest, TrustedKey, WeightEntry } from "@plimsoll/manifest";
import type { AttestationTrust } from "./attested.ts";
import { type FileState, inspectFile } from "./inspect-file.ts";
import { parallel } from "./parallel.ts";
import { readLocal } from "./sync-source.ts";

/** What `verifyWeights` takes. */
export interface VerifyOptions {
  /** A manifest, or the path of one. */
  readonly manifest: ParsedManifest | string;
  /** The folder of the files; default: that of the manifest's path. */
  readonly dir?: string;
  /** Public keys: the manifest must have a `model.sig` beside it by one of them, over every file. */
  readonly keys?: readonly TrustedKey[];
  /** GitHub attestations that every file must have (level 2), from the app's own configuration only. */
  readonly attestation?: AttestationTrust;
  readonly now?: () => Date;
  /** Hash every file, whatever is recorded about it. */
  readonly full?: boolean;
  /** Default: the user's. */
  readonly cache?: Cache;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: VerifyEvent) => void;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type VerifyEvent =
  | {
      readonly type: "hash";
      readonly name: string;
      /** Hashed so far. */
      readonly bytes: number;
      readonly size: number | undefined;
    }
  | VerifiedFile;

/** How one file stands. */
export interface VerifiedFile {
  readonly type: "file";
  readonly name: string;
  readonly required: boolean;
  /**
   * ok: the right bytes · missing · size, damaged: other bytes · lfs-pointer: a Git-LFS pointer in its place ·
   * not-a-file · unproven: there, but the manifest has no digest to hold it against.
   */
  readonly status:
    "ok" | "missing" | "size" | "damaged" | "lfs-pointer" | "not-a-file" | "unproven";
  /** False where a recorded proof was enough. */
  readonly hashed: boolean;
  /** What is wrong and what to do; absent for `ok`. */
  readonly message?: string;
}

export interface VerifyResult {
  readonly manifest: ParsedManifest;
  readonly dir: string;
  /** True when every required file is ok; files that cannot be proven do not count against it. */
  readonly ok: boolean;
  readonly files: readonly VerifiedFile[];
}

/**
 * Holds the files of a folder against a manifest. Repairs nothing; a file that proves right is recorded, so that the
 * next sync or verify need not hash it. Throws `E_NOT_FOUND` for an absent manifest, `E_SIG` where keys are given and the
 * signature is missing or wrong, and what the parser throws.
 */
export async function verifyWeights(options: VerifyOptions): Promise<VerifyResult> {
  const { onEvent } = options;
  const [manifest, dir] = await locate(options);
  const cache = options.cache ?? (await openCache(options.env ? { env: options.env } : {}));
  const entries = [...manifest.manifest.weights];
  const files = await parallel(entries, 4, async ([name, entry]): Promise<VerifiedFile> => {
    const state = await inspectFile(join(dir, name), entry, {
      cache,
      full: options.full,
      signal: options.signal,
      onProgress: (bytes) => onEvent?.({ type: "hash", name, bytes, size: entry.size }),
    });
    const file = describeState(name, entry, state);
    onEvent?.(file);
    return file;
  });
  const ok = files.every(
    ({ status, required }) => status === "ok" || status === "unproven" || !required,
  );
  return { manifest, dir, ok, files };
}

async function locate(options: VerifyOptions): Promise<[ParsedManifest, string]> {
  const { manifest, dir } = options;
  if (typeof manifest !== "string") return [manifest, resolve(dir ?? "weights")];
  const source = await readLocal(manifest, options);
  return [source.manifest, resolve(dir ?? dirname(manifest))];
}

/** The state of a file in words. */
export function describeState(name: string, entry: WeightEntry, state: FileState): VerifiedFile {
  const file = { type: "file", name, required: entry.required } as const;
  const way = "run sync to replace it";
  switch (state.status) {
    case "proven":
      return { ...file, status: "ok", hashed: false };
    case "verified":
      return { ...file, status: "ok", hashed: true };
    case "unproven":
      return {
        ...file,
        status: "unproven",
        hashed: true,
        message: `${name}: the manifest has no digest of it: publish it to pin its bytes`,
      };
    case "missing":
      return { ...file, status: "missing", hashed: false, message: `${name}: not here: run sync` };
    case "size":
      return {
        ...file,
        status: "size",
        hashed: false,
        message: `${name}: ${state.size} bytes, the manifest says ${entry.size ?? `${entry.size_mb} MiB`}: ${way}`,
      };
    case "damaged":
      return {
        ...file,
        status: "damaged",
        hashed: true,
        message: `${name}: ${entry.checksum} expected, this file has ${state.sha256}: ${way}`,
      };
    case "lfs-pointer":
      return {
        ...file,
        status: "lfs-pointer",
        hashed: false,
        message: `${name}: a Git-LFS pointer, not the weights: ${way}`,
      };
    case "not-a-file":
      return {
        ...file,
        status: "not-a-file",
        hashed: false,
        message: `${name}: no regular file: move away what is there and run sync`,
      };
  }
}
