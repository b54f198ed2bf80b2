import type { Driver, HttpClient } from "@plimsoll/storage";

/** One run of bytes of a file. */
export interface FetchChunk {
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** Hex. */
  readonly sha256: string;
}

/** A file on this disk that may hold some of the wanted bytes: another version, or a damaged copy. */
export interface LocalFile {
  readonly path: string;
  /**
   * Its chunks, which nobody has to vouch for. Without them the wanted chunks are looked for at their own offsets. A
   * function is called only when much is missing still.
   */
  readonly chunks?: readonly FetchChunk[] | (() => Promise<readonly FetchChunk[] | undefined>);
}

/** One file to bring here. */
export interface FetchRequest {
  /** For events and messages: the weight file's name. */
  readonly name: string;
  /** Where the same bytes are: tried in this order. `https:`, loopback `http:`, or a scheme that `openStore` knows. */
  readonly urls: readonly string[];
  /** Final path. Nothing appears there before size and digest are right. */
  readonly to: string;
  /**
   * The file's chunks, end to end: bytes are proven as they arrive, only what no local file has is fetched, and a source
   * with a wrong chunk is not asked again. Not used with `encoding` or `parts`. The file's own digest decides in the end.
   */
  readonly chunks?: readonly FetchChunk[];
  /** With `chunks`: where to look before the network is asked. */
  readonly local?: readonly LocalFile[];
  /**
   * Where unproven bytes are kept for a later resume, on the file system of `to`. Default: `.<name>.partial` beside it.
   * Its journal lies at `<partial>.journal`. The caller makes sure that one process uses it at a time.
   */
  readonly partial?: string;
  /** Bytes, exact. */
  readonly size?: number;
  /** Inclusive bounds for a manifest that has no exact size. */
  readonly sizeBounds?: { readonly min: number; readonly max: number };
  /** SHA-256, hex. Without it the file is only measured, and what came is reported. */
  readonly sha256?: string;
  /** Transport compression of what lies at `urls`; `size` and `sha256` are of the decoded file. */
  readonly encoding?: {
    readonly type: "gzip" | "zstd";
    readonly size: number;
    readonly sha256: string;
  };
  /** A file that its host keeps in pieces, end to end. `urls` is then empty. */
  readonly parts?: readonly {
    readonly urls: readonly string[];
    readonly offset: number;
    readonly size: number;
    readonly sha256: string;
  }[];
}

export interface FetchResult {
  readonly size: number;
  readonly sha256: string;
  /** Bytes that came over the network for this file, retries included. */
  readonly receivedBytes: number;
  /** Bytes of an earlier attempt that were used again. */
  readonly resumedBytes: number;
  /** Bytes that were found in the request's `local` files. */
  readonly localBytes: number;
  readonly elapsedMs: number;
  /** The URL that delivered (the one of the request, not a redirect's target). */
  readonly url: string;
}

/** What happens to one file, for progress bars and logs. */
export type FetchEvent =
  | { readonly type: "start"; readonly name: string; readonly size: number | undefined }
  | { readonly type: "resume"; readonly name: string; readonly bytes: number }
  | {
      readonly type: "progress";
      readonly name: string;
      /** Bytes of the file that are here. */
      readonly bytes: number;
      readonly size: number | undefined;
    }
  | {
      readonly type: "retry";
      readonly name: string;
      readonly url: string;
      readonly reason: string;
      readonly attempt: number;
      readonly waitMs: number;
    }
  | { readonly type: "local"; readonly name: string; readonly bytes: number }
  | {
      /** A source sent a chunk that is not the published one: it is not asked again in this run. */
      readonly type: "quarantine";
      readonly name: string;
      readonly url: string;
      readonly reason: string;
    }
  | { readonly type: "restart"; readonly name: string; readonly reason: string }
  | {
      readonly type: "source";
      readonly name: string;
      readonly url: string;
      readonly reason: string;
    }
  | { readonly type: "done"; readonly name: string; readonly result: FetchResult };

/** Everything that waits, talks or chooses. Defaults in `fetchDefaults`. */
export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** Called often; a slow one never slows the transfer (calls are coalesced). */
  readonly onEvent?: (event: FetchEvent) => void;
  /** The HTTP stack; default a new `httpClient()` per fetcher. */
  readonly http?: HttpClient;
  /** Opens a store for URLs that are not HTTP (`s3://bucket/key?endpoint=…`): gives the driver and the key in it. */
  readonly resolve?: (url: string) => Promise<{ readonly driver: Driver; readonly key: string }>;
  /** Requests at the same time for one file; default 16. */
  readonly lanesPerFile?: number;
  /** Requests at the same time over all files; default 16. */
  readonly lanes?: number;
  /** Bytes a second that are let in, over all files; default no limit. */
  readonly maxBytesPerSecond?: number;
  /** Bytes of one request; default 4 MiB. */
  readonly segmentBytes?: number;
  /** Tries of a host in a row without progress; default 6. */
  readonly tries?: number;
  /** First and longest wait between tries; default 1,000 and 60,000 (full jitter). */
  readonly backoff?: { readonly baseMs: number; readonly capMs: number };
  /** Longest file of which neither `size` nor `sizeBounds` is known; default 64 GiB. */
  readonly maxBytes?: number;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random?: () => number;
  /** True while this thread has no time left: then no more lanes are opened. Default by its event loop's load. */
  readonly isBusy?: () => boolean;
}

/** A pool of lanes that several files share: largest first is the caller's order. */
export interface Fetcher {
  fetchFile(
    request: FetchRequest,
    options?: Pick<FetchOptions, "signal" | "onEvent">,
  ): Promise<FetchResult>;
  close(): Promise<void>;
}
