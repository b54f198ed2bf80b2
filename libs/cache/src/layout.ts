import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { isDigest, printable } from "@plimsoll/manifest";
import { CacheError } from "./error.ts";

/** Version of everything below; docs/protocol/cache-layout.md describes it. */
export const layoutVersion = 1;

/** A file that a process made and has not put in place: its token tells whether that process still lives. */
const TEMPORARY = /^\.(.+)\.([0-9a-z]+(?:-[0-9a-z]+){3})\.plimsoll-tmp$/s;

/** Names of files and folders on disk. This file is the layout: no other code joins paths of the cache. */
export interface Layout {
  /** The cache's folder, absolute. */
  readonly dir: string;
  /** Tells backup programs that everything here can be had again (bford.info/cachedir). */
  readonly tag: string;
  /** Everything of this version of the layout. */
  readonly root: string;
  /** Says which version that is; written last, so it is there when the folders are. */
  readonly marker: string;
  readonly folders: readonly string[];
  /** Folders of blobs, by the first two digits of their digest. */
  readonly blobs: string;
  readonly partials: string;
  readonly locks: string;
  readonly temporaries: string;
  readonly states: string;
  readonly leases: string;
  readonly pins: string;
  /** Chunk indexes of weight files, by the digest of the file; made when the first is kept. */
  readonly indexes: string;
  /** Proofs of the blobs themselves. */
  readonly blobState: string;
  /** Hits, misses and when a blob was used last. */
  readonly uses: string;
  blob(sha256: string): string;
  /** The digest of what lies at `<prefix>/<name>` in `blobs`, or undefined where no blob has such a name. */
  digestOf(prefix: string, name: string): string | undefined;
  blobFolder(prefix: string): string;
  partial(sha256: string, token: string): string;
  /** Digest, token and what follows (`.journal`) of a name in `partials`. */
  partialOf(
    name: string,
  ): { readonly sha256: string; readonly token: string; readonly rest: string } | undefined;
  lock(sha256: string): string;
  /** Whoever makes this file may replace the lock that carries `token`. */
  claim(sha256: string, token: string): string;
  /** What a name in `locks` is. */
  lockOf(name: string): { readonly sha256: string; readonly kind: "lock" | "claim" } | undefined;
  temporary(token: string): string;
  /** Proofs of the files in one folder of an app. */
  folderState(folder: string): string;
  lease(sha256: string, token: string): string;
  leaseOf(name: string): { readonly sha256: string; readonly token: string } | undefined;
  pin(sha256: string): string;
  chunkIndex(sha256: string): string;
}

/** Throws `E_DIGEST` unless it is 64 lower-case hex digits: nothing else ever becomes part of a path (row M14). */
export function checkDigest(sha256: string): string {
  if (isDigest(sha256)) return sha256;
  throw new CacheError(
    "E_DIGEST",
    `"${printable(String(sha256), 80)}" is not a SHA-256: 64 lower-case hex digits are`,
  );
}

/** The layout of a cache in `dir`. */
export function cacheLayout(dir: string): Layout {
  const top = resolve(dir);
  const root = join(top, `v${layoutVersion}`);
  const folder = (name: string): string => join(root, name);
  const blobs = folder("sha256");
  const partials = folder("partial");
  const locks = folder("locks");
  const temporaries = folder("tmp");
  const states = folder("state");
  const leases = folder("leases");
  const pins = folder("pins");
  return {
    dir: top,
    tag: join(top, "CACHEDIR.TAG"),
    root,
    marker: join(root, "layout.json"),
    folders: [blobs, partials, locks, temporaries, states, leases, pins],
    blobs,
    partials,
    locks,
    temporaries,
    states,
    leases,
    pins,
    indexes: folder("chunks"),
    blobState: join(states, "blobs.ndjson"),
    uses: join(states, "uses.log"),
    blob: (sha256) => join(blobs, checkDigest(sha256).slice(0, 2), sha256.slice(2)),
    digestOf: (prefix, name) => (isDigest(prefix + name) ? prefix + name : undefined),
    blobFolder: (prefix) => join(blobs, prefix),
    partial: (sha256, token) => join(partials, `${checkDigest(sha256)}.${token}`),
    partialOf: (name) => {
      const [sha256 = "", token = "", ...rest] = name.split(".");
      return isDigest(sha256)
        ? { sha256, token, rest: rest.map((r) => `.${r}`).join("") }
        : undefined;
    },
    lock: (sha256) => join(locks, `${checkDigest(sha256)}.lock`),
    claim: (sha256, token) => join(locks, `${checkDigest(sha256)}.${token}.claim`),
    lockOf: (name) => {
      const [sha256 = "", ...rest] = name.split(".");
      const kind = rest.at(-1);
      return isDigest(sha256) && (kind === "lock" || kind === "claim")
        ? { sha256, kind }
        : undefined;
    },
    temporary: (token) => join(temporaries, token),
    folderState: (path) =>
      join(
        states,
        `${createHash("sha256").update(resolve(path)).digest("hex").slice(0, 32)}.ndjson`,
      ),
    lease: (sha256, token) => join(leases, `${checkDigest(sha256)}.${token}`),
    leaseOf: (name) => {
      const [sha256 = "", token = ""] = name.split(".");
      return isDigest(sha256) ? { sha256, token } : undefined;
    },
    pin: (sha256) => join(pins, checkDigest(sha256)),
    chunkIndex: (sha256) => join(root, "chunks", checkDigest(sha256)),
  };
}

/** An entry of a folder that was listed. */
export function entry(folder: string, name: string): string {
  return join(folder, name);
}

/** A temporary file beside `target`, on its file system, hidden, and telling who made it. */
export function besideTarget(target: string, token: string): string {
  // 255 bytes are the longest name of most file systems; the token takes up to 70 of them.
  return join(dirname(target), `.${basename(target).slice(0, 100)}.${token}.plimsoll-tmp`);
}

/** The token in a name that `besideTarget` made, or undefined for any other name. */
export function tokenBeside(name: string): string | undefined {
  return TEMPORARY.exec(name)?.[2];
}
