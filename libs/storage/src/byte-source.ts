/** Bytes that can be read more than once and from any offset, so that an upload can retry a part. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /** For messages: a file's path or what the bytes are. */
  readonly label: string;
  /** Bytes from `start` (default 0) to before `end` (default `size`). */
  open(start?: number, end?: number): AsyncIterable<Uint8Array>;
}
