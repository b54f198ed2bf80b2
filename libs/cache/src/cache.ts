import type { LockTimes } from "./defaults.ts";

/** How a blob came into an app's folder. */
export type Placement = "kept" | "reflink" | "hardlink" | "copy";

/** The right to bring one blob into the cache. Others that want it wait for this one. */
export type Reservation =
  | { readonly state: "present"; readonly path: string }
  | {
      readonly state: "reserved";
      /** Where the finished blob must be put, by rename, once its bytes are proven and flushed (fsync). */
      readonly path: string;
      /**
       * Where unproven bytes may lie, from an earlier attempt too, with a journal at `<partial>.journal`. Same file
       * system as `path`. The name differs from one reservation to the next.
       */
      readonly partial: string;
      /** Aborts when another process took over, because this one showed no sign of life for too long. Stop then. */
      readonly lost: AbortSignal;
      /**
       * The blob is at `path`, proven: makes it read-only, records it, lets the others go on. `E_DIGEST` where its size
       * is not the one that was reserved, `E_DISK` where it is not there.
       */
      commit(): Promise<void>;
      /** Gives the right back; the partial file stays for a later attempt. After `commit` it does nothing. */
      release(): Promise<void>;
    };

export interface ReserveOptions {
  /** The weight file's name, for messages. */
  readonly name?: string;
  /** Bytes that will be needed on disk; checked before the first byte (`E_LIMIT`). */
  readonly size?: number;
  readonly signal?: AbortSignal;
  /** How long to wait for another process that brings the same blob; default 10 minutes, then `E_LOCKED`. */
  readonly waitMs?: number;
  /** Told about once a second while another process brings it: bytes so far. */
  readonly onWait?: (bytesSoFar: number) => void;
}

export interface PlaceOptions {
  /** A file of its own (reflink or copy), which may be written to; default false. */
  readonly copy?: boolean;
  /** What lies there was just found not to be these bytes: it is replaced, whatever was recorded; default false. */
  readonly damaged?: boolean;
  /**
   * The app's folder: may be a symbolic link itself, and nothing between it and the file may be one. Default: the
   * folder of the file.
   */
  readonly root?: string;
  readonly signal?: AbortSignal;
}

export interface AdoptOptions {
  /**
   * Make the file itself the cached one by hard link, read-only from then on. Only for files that nobody will write to
   * again: default false, reflink or copy.
   */
  readonly link?: boolean;
  readonly signal?: AbortSignal;
}

export interface CheckOptions {
  /** Hash whatever is recorded; default false. */
  readonly full?: boolean;
  readonly signal?: AbortSignal;
  /** Told the bytes of this file that were hashed so far. */
  readonly onProgress?: (bytes: number) => void;
}

export interface CacheStatus {
  readonly dir: string;
  readonly blobs: number;
  readonly bytes: number;
  readonly partials: number;
  readonly partialBytes: number;
  /**
   * Since the counters began: how often a blob was asked for and found, and how often one had to be brought. One
   * process that asks for one blob again within 10 s asks once; a crash may lose a few.
   */
  readonly hits: number;
  readonly misses: number;
  /** The most recently used first. */
  readonly files: readonly {
    readonly sha256: string;
    readonly size: number;
    readonly usedAt: Date;
    readonly pinned: boolean;
    readonly leased: boolean;
    /** An app's folder holds the same file by hard link: it takes no room of its own. */
    readonly linked: boolean;
  }[];
}

/** A blob and where its chunks are listed. */
export interface IndexedBlob {
  readonly sha256: string;
  /** Of the blob; its bytes may be damaged. */
  readonly path: string;
  /** Bytes of the blob. */
  readonly size: number;
  /** Bytes of its chunk index. */
  readonly indexBytes: number;
}

export interface CacheCheck {
  readonly checked: number;
  readonly damaged: readonly { readonly sha256: string; readonly path: string }[];
}

export interface ClearResult {
  readonly blobs: number;
  /** Freed on disk, partial files included. */
  readonly bytes: number;
  /** Of removed blobs that stay on disk because an app's folder holds the same file by hard link. */
  readonly linkedBytes: number;
  /** Blobs that a process is bringing or reads under a lease. */
  readonly kept: number;
}

export interface GcOptions {
  /** How much may stay that only the cache holds; default: no limit, so only leftovers go. */
  readonly budgetBytes?: number;
  /** Say what would go; default false. */
  readonly dryRun?: boolean;
  /** A blob used within this time stays; default 10 minutes. */
  readonly graceMs?: number;
}

export interface GcResult {
  readonly removed: readonly {
    readonly sha256: string;
    readonly size: number;
    readonly usedAt: Date;
  }[];
  readonly removedBytes: number;
  /** What only the cache holds, after this. */
  readonly bytes: number;
  /** By how much that is above the budget: pinned, leased or just used. */
  readonly overBytes: number;
}

/** A blob that no process removes until `release`, or until this process ends. */
export interface Lease {
  readonly path: string;
  release(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Content-addressed copies of weight files on this disk, shared by all apps of a user:
 * `<dir>/v1/sha256/ab/cdef…`, read-only, removed by unlink only. Every verb takes digests of 64 lower-case hex digits
 * and refuses others (`E_DIGEST`); all throw `CacheError`, or the reason of an aborted signal.
 */
export interface Cache {
  /** Absolute. */
  readonly dir: string;
  /**
   * Path of the blob, or undefined. A blob whose recorded state no longer matches its file is hashed again; a damaged
   * one is removed and counts as absent (row D8). `full` hashes always.
   */
  find(
    sha256: string,
    options?: {
      readonly full?: boolean;
      /** A file that was just found not to hold these bytes: a blob that is this very file is dropped unread. */
      readonly damaged?: string;
      readonly signal?: AbortSignal;
    },
  ): Promise<string | undefined>;
  reserve(sha256: string, options?: ReserveOptions): Promise<Reservation>;
  /**
   * Takes a file that is already here (a published one, say): reflinks or copies it in, hashing what lands there, and
   * gives its path. `E_DIGEST` if it is another.
   */
  adopt(file: string, sha256: string, options?: AdoptOptions): Promise<string>;
  /**
   * Makes `to` a file of these bytes, atomically and without ever writing through an old link: reflink, hard link or
   * copy, in that order. `kept`: it already was. Refuses symlinks and special files in the way (row D9). A hard link
   * is the cache's own file and read-only. `E_NOT_FOUND` where the bytes are not in the cache.
   */
  place(sha256: string, to: string, options?: PlaceOptions): Promise<Placement>;
  /** True when `path` was proven to be these bytes and is unchanged since: no byte is read. */
  isProven(path: string, sha256: string): Promise<boolean>;
  /** The digest that `path` was proven to have, if it is unchanged since: no byte is read. */
  proven(path: string): Promise<string | undefined>;
  /**
   * Remembers that `path` was just proven to be these bytes: dev, inode, size and mtime. `startedAtMs`: when reading
   * it began, default now. A file that was written to less than 3 s before is not remembered, for a further write may
   * leave the same mtime; it is hashed again next time.
   */
  prove(path: string, sha256: string, options?: { readonly startedAtMs?: number }): Promise<void>;
  /** True when `path` is a plain file of these bytes: as remembered, else hashed and remembered. */
  check(path: string, sha256: string, options?: CheckOptions): Promise<boolean>;
  /** The blob, kept from `gc` and `clear` of all processes while it is read; undefined where it is absent. */
  lease(sha256: string): Promise<Lease | undefined>;
  /** Keeps a blob from `gc`, for good; it need not be there yet. */
  pin(sha256: string): Promise<void>;
  unpin(sha256: string): Promise<void>;
  /**
   * The chunk index that was kept for a weight file, as it was given, or undefined. Nothing vouches for it: whoever
   * takes bytes by it hashes them.
   */
  chunkIndex(sha256: string): Promise<Uint8Array | undefined>;
  /** Keeps the chunk index of a weight file. A cache that cannot be written to does without. */
  keepChunkIndex(sha256: string, index: Uint8Array): Promise<void>;
  /** Weight files in the cache whose chunk index is kept, the one that was kept last first; at most `limit`, default 32. */
  indexed(limit?: number): Promise<readonly IndexedBlob[]>;
  status(): Promise<CacheStatus>;
  /** Hashes every blob; removes the damaged. `onProgress` is told the bytes hashed so far. */
  verify(options?: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (bytes: number) => void;
  }): Promise<CacheCheck>;
  /** Unlinks one blob; false where a process is bringing it or reads it under a lease. */
  remove(sha256: string): Promise<boolean>;
  /** Removes leftovers, and the least recently used blobs until the budget is kept. */
  gc(options?: GcOptions): Promise<GcResult>;
  /** Unlinks every blob and partial that no process is bringing in or reads under a lease. */
  clear(): Promise<ClearResult>;
}

export interface CacheOptions {
  /** Default: `PLIMSOLL_CACHE_DIR`, else the platform's cache folder + `/plimsoll`. */
  readonly dir?: string;
  /** Default `process.env`. `NODE_ENV=production` refuses a cache that others may write to. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970; default `Date.now`. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Told about damage and about a folder that others may write to; default: nowhere. */
  readonly log?: (line: string) => void;
  /** Free bytes on the file system of a folder; default: what statfs says. */
  readonly freeBytes?: (folder: string) => Promise<number>;
  /** Of the lock that a reservation holds; defaults in `cacheDefaults`. */
  readonly lockTimes?: Partial<LockTimes>;
  /** Effective user id; default that of this process. */
  readonly uid?: number;
}
