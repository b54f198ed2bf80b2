/** How a blob came into an app's folder. */
export type Placement = "kept" | "reflink" | "hardlink" | "copy";

/** The right to bring one blob into the cache. Others that want it wait for this one. */
export type Reservation =
  | { readonly state: "present"; readonly path: string }
  | {
      readonly state: "reserved";
      /** Where the finished blob must be put, by rename, once its bytes are proven. */
      readonly path: string;
      /** Where unproven bytes may lie, from an earlier attempt too. Same file system as `path`. */
      readonly partial: string;
      /** The blob is at `path`, proven: makes it read-only, records it, lets the others go on. */
      commit(): Promise<void>;
      /** Gives the right back; the partial file stays for a later attempt. */
      release(): Promise<void>;
    };

export interface ReserveOptions {
  /** Bytes that will be needed on disk; checked before the first byte (`E_LIMIT`). */
  readonly size?: number;
  readonly signal?: AbortSignal;
  /** How long to wait for another process that brings the same blob; default 10 minutes, then `E_LOCKED`. */
  readonly waitMs?: number;
  /** Told about once a second while another process brings it: bytes so far. */
  readonly onWait?: (bytesSoFar: number) => void;
}

export interface CacheStatus {
  readonly dir: string;
  readonly blobs: number;
  readonly bytes: number;
  readonly partials: number;
  readonly partialBytes: number;
  /** Since the counters began. */
  readonly hits: number;
  readonly misses: number;
  readonly files: readonly {
    readonly sha256: string;
    readonly size: number;
    readonly usedAt: Date;
  }[];
}

export interface CacheCheck {
  readonly checked: number;
  readonly damaged: readonly { readonly sha256: string; readonly path: string }[];
}

/**
 * Content-addressed copies of weight files on this disk, shared by all apps of a user:
 * `<dir>/v1/sha256/ab/cdef…`, read-only, removed by unlink only.
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
    options?: { readonly full?: boolean; readonly signal?: AbortSignal },
  ): Promise<string | undefined>;
  reserve(sha256: string, options?: ReserveOptions): Promise<Reservation>;
  /** Takes a file that is already here (a published one, say): links or copies it in after hashing it. `E_DIGEST` if it is another. */
  adopt(file: string, sha256: string): Promise<string>;
  /**
   * Makes `to` a file of these bytes, atomically and without ever writing through an old link: reflink, hard link or
   * copy, in that order. `kept`: it already was. Refuses symlinks and special files in the way (row D9).
   */
  place(
    sha256: string,
    to: string,
    options?: { readonly copy?: boolean; readonly signal?: AbortSignal },
  ): Promise<Placement>;
  /** True when `path` was proven to be these bytes and is unchanged since: no byte is read. */
  isProven(path: string, sha256: string): Promise<boolean>;
  /** Remembers that `path` was just proven to be these bytes: dev, inode, size and mtime. */
  prove(path: string, sha256: string): Promise<void>;
  status(): Promise<CacheStatus>;
  /** Hashes every blob; removes the damaged. */
  verify(options?: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (bytes: number) => void;
  }): Promise<CacheCheck>;
  /** Unlinks every blob and partial that no process is bringing in. Gives the bytes freed. */
  clear(): Promise<{ readonly blobs: number; readonly bytes: number }>;
}

export interface CacheOptions {
  /** Default: `PLIMSOLL_CACHE_DIR`, else the platform's cache folder + `/plimsoll`. */
  readonly dir?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly now?: () => number;
  readonly log?: (line: string) => void;
}
