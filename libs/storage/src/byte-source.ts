/** Bytes that can be read more than once and from any offset, so that an upload can retry a part. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /** For messages: a file's path or what the bytes are. */
  readonly label: string;
  /** Bytes from `start` (default 0) to before `end` (default `size`). */
  open(start?: number, end?: number): AsyncIterable<Uint8Array>;
  /**
   * Fills the whole block with the bytes from `start` on and shows them to `onBytes`, where it is given, in order, the
   * next being read meanwhile. Spares an upload the blocks of `open` and copying them. Absent where the bytes do not lie in a file.
   */
  readonly fill?: (
    block: Uint8Array,
    start: number,
    onBytes?: (bytes: Uint8Array) => void,
  ) => Promise<void>;
}
