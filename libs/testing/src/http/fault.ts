/**
 * What one answer of a `faultyServer` does wrong. Fields combine; an empty fault is a correct answer. Offsets count body
 * bytes of this answer, except in `wrongBytes`.
 */
export interface Fault {
  /** Close the connection before any answer: by FIN, or with `reset` by RST. */
  readonly refuse?: boolean;
  /** Answer with this status and a short text instead of the file. */
  readonly status?: number;
  /** Value of a `Retry-After` header. */
  readonly retryAfter?: string;
  /** Answer 302 (or `status`) to this address; a path stays on this server. */
  readonly redirectTo?: string;
  /** Headers to add or replace; `null` leaves one out, an array sends it several times. Names in lower case. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
  /** Replaces the ETag as it stands in the header, quotes and `W/` included; `null`: none. */
  readonly etag?: string | null;
  /** Answers from these bytes instead of the file's. */
  readonly content?: Uint8Array;
  /** A page of HTML with status 200, whatever was asked. */
  readonly captivePortal?: boolean;
  /** Answer 200 with the whole file to a range request. */
  readonly ignoreRange?: boolean;
  /** Sent in place of the right `Content-Range`; the body stays that of the range asked for. */
  readonly contentRange?: string;
  /** Answer a range request with a `multipart/byteranges` body. */
  readonly multipartRanges?: boolean;
  /** The body compressed this often with gzip, and said so in `Content-Encoding`. */
  readonly gzipLayers?: number;
  /** Offsets of the file (not of the answer) whose byte is inverted. */
  readonly wrongBytes?: readonly number[];
  /** Bytes after the body's end that no header announces. */
  readonly extraBytes?: number;
  /** A body without end; `Content-Length` is left out. */
  readonly endless?: boolean;
  /** Added to the true `Content-Length`. */
  readonly lieAboutLength?: number;
  /** A second `Content-Length` that differs. */
  readonly twoContentLengths?: boolean;
  /** `Content-Length` and `Transfer-Encoding: chunked` together. */
  readonly lengthAndChunked?: boolean;
  /** `Transfer-Encoding: chunked`. */
  readonly chunked?: boolean;
  /** Chunked, and closed before the last chunk. */
  readonly chunkedWithoutEnd?: boolean;
  /** Neither length nor chunks: the end of the connection ends the body. */
  readonly closeDelimited?: boolean;
  /** Close the connection after so many body bytes. */
  readonly cutAfter?: number;
  /** With `cutAfter` or `refuse`: by RST. */
  readonly reset?: boolean;
  /** Send so many body bytes, then nothing more, and keep the connection. */
  readonly stallAfter?: number;
  /** Wait before the status line. */
  readonly delayMs?: number;
  /** Slow body. */
  readonly dripBytesPerSecond?: number;
}
