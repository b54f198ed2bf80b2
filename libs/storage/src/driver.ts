import type { ByteSource } from "./byte-source.ts";

/** What a store says about one stored object. */
export interface ObjectStat {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Opaque token of this very content: `swap` and `ifMatch` compare it. */
  readonly etag?: string;
  /** SHA-256, hex, where the host states it or our own metadata carries it. Integrity, not authenticity. */
  readonly sha256?: string;
  readonly modifiedAt?: Date;
  /** User metadata as stored, keys in lower case. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Bytes of an object, or of a range of it, on their way. */
export interface ObjectBody {
  /** Of the whole object, also when a range was asked for. */
  readonly stat: ObjectStat;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Options that every call takes. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ReadOptions extends CallOptions {
  /** First byte; default 0. */
  readonly start?: number;
  /** Byte after the last; default the object's size. A range beyond the end is `E_RANGE`. */
  readonly end?: number;
  /** Refuse with `E_CONFLICT` if the object's etag is another. */
  readonly ifMatch?: string;
}

export interface WriteOptions extends CallOptions {
  /** Refuse with `E_EXISTS` if the key exists. Every immutable write sets it. */
  readonly onlyIfAbsent?: boolean;
  /** SHA-256 of the whole source, hex, where it is known: sent and stored where the host can. */
  readonly sha256?: string;
  /** Taken in the same reading as `sha256`, see `Driver.md5PartBytes`; not used where the parts are others. */
  readonly md5Parts?: Md5Parts;
  readonly contentType?: string;
  readonly cacheControl?: string;
  /** User metadata, keys in lower case. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Called with the bytes that have left so far; may go back when a part is sent again. */
  readonly onProgress?: (sentBytes: number) => void;
}

/** MD5 of each run of a source, for a host that compares it with what arrived. */
export interface Md5Parts {
  /** Length of every run but the last. */
  readonly partBytes: number;
  /** Of the run with this index, from 0, hex; may be waited for. */
  md5(index: number): string | Promise<string>;
}

export interface ListOptions extends CallOptions {
  /** "shallow": what lies below the next `/` is named once, as a prefix that ends in `/`. Default: every object. */
  readonly depth?: "deep" | "shallow";
}

/** An object, or with `depth: "shallow"` also a prefix that holds objects. */
export type ListEntry =
  ({ readonly type: "object" } & ObjectStat) | { readonly type: "prefix"; readonly key: string };

export interface PresignOptions {
  readonly method?: "GET" | "PUT";
  readonly expiresInSeconds: number;
  /** Binds a PUT to these bytes, hex. */
  readonly sha256?: string;
}

export interface PresignedRequest {
  readonly url: string;
  readonly method: "GET" | "PUT";
  /** Headers that the request must carry. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface SwapOptions extends CallOptions {
  /** The etag that the caller read, or `null` for "must not exist yet". */
  readonly expected: string | null;
  readonly contentType?: string;
}

/** An upload that was begun and neither completed nor aborted. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly id: string;
  readonly startedAt?: Date;
}

/**
 * A place that holds bytes under keys. Keys follow the grammar of `checkKey`. The core is required; a power is
 * present only where the host has it, so that a caller asks `if (driver.swap)`.
 *
 * Every method throws `StorageError`; an absent object is `undefined` from `stat` and `E_NOT_FOUND` from `read`.
 */
export interface Driver {
  /** Key of the driver table: `file`, `http`, `s3`, … */
  readonly kind: string;
  /** The store's URL as a person would type it, without secrets. */
  readonly url: string;

  stat(key: string, options?: CallOptions): Promise<ObjectStat | undefined>;
  read(key: string, options?: ReadOptions): Promise<ObjectBody>;
  /** Stores the source whole or not at all. Read-only stores throw `E_AUTH`. */
  write(key: string, source: ByteSource, options?: WriteOptions): Promise<ObjectStat>;
  /** Objects whose key starts with `prefix`, in no promised order. Stores that cannot list throw `E_AUTH`. */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListEntry>;
  /** Removes the object; an absent one is no error. */
  remove(key: string, options?: CallOptions): Promise<void>;
  /** The URL for a manifest under which others read this key; it need not exist yet. */
  locate(key: string): string;
  /** Lets go of sockets and the like. */
  close(): Promise<void>;

  /** A time-limited URL. */
  readonly presign?: (key: string, options: PresignOptions) => Promise<PresignedRequest>;
  /** Copies inside the store, without the bytes passing here. */
  readonly copy?: (from: string, to: string, options?: WriteOptions) => Promise<ObjectStat>;
  /** Conditional replacement of a small object; a lost race is `E_CONFLICT`. */
  readonly swap?: (key: string, bytes: Uint8Array, options: SwapOptions) => Promise<ObjectStat>;
  /** Uploads left over from a crash. */
  readonly multipart?: {
    unfinished(prefix: string, options?: CallOptions): AsyncIterable<UnfinishedUpload>;
    abort(upload: UnfinishedUpload, options?: CallOptions): Promise<void>;
  };
  /** A host on which a version is prepared unseen and then made visible in one act. */
  readonly release?: {
    /** Makes what was written under `prefix` (`models/<m>/<v>/`) visible. Idempotent. */
    publish(prefix: string, options?: CallOptions): Promise<void>;
    /** Final URLs of the names written under `prefix`. */
    locate(
      prefix: string,
      names: readonly string[],
      options?: CallOptions,
    ): Promise<ReadonlyMap<string, string>>;
  };
  /** What the host allows; a publish is planned against it. Absent numbers mean no limit. */
  readonly limits?: HostLimits;
  /**
   * Finds out what the first write would have to ask the host, for a caller who has something else to do meanwhile.
   * Never throws: the write asks again.
   */
  readonly prepare?: () => Promise<void>;
  /**
   * Length of the parts in which a source of so many bytes is sent, where the host compares the MD5 of each: who reads
   * the source before, for its SHA-256, takes them in passing and spares `write` to do it.
   */
  readonly md5PartBytes?: (size: number) => number | undefined;
  /** Requests so far that count against the host's quota, on hosts that have one. */
  readonly apiCalls?: () => number;
}

/** Limits of a host as data. Sizes in bytes. */
export interface HostLimits {
  /** Largest object that can be stored as one. */
  readonly maxObjectBytes?: number;
  /** A version's files are split into parts of this size when larger than `maxObjectBytes`. */
  readonly splitBytes?: number;
  readonly maxObjectsPerVersion?: number;
  /** An object larger than this is sent in parts of at least this size. */
  readonly partBytes?: number;
  readonly maxPartBytes?: number;
  readonly maxParts?: number;
  /** Requests that create something, per minute. */
  readonly createsPerMinute?: number;
  readonly createsPerHour?: number;
  /** Requests of any kind, where the host has a quota: the one of a signed-in person. */
  readonly apiCallsPerHour?: number;
  /** Uploads of one version at the same time that the host bears well. */
  readonly concurrency?: number;
}
