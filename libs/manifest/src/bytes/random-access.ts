/** Bytes that can be read at any offset: an open file, a buffer, a range of a remote object. */
export interface RandomAccess {
  /** Bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`; the caller stays inside `size`. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * The same into the caller's block; gives the bytes that came, fewer than the block has where the file has become
   * shorter. Spares whoever reads all of a file a block for every read. Optional.
   */
  readonly readInto?: (block: Uint8Array, offset: number) => Promise<number>;
}

/** Random access to bytes in memory. */
export const inMemory = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
});

/** Bytes `begin` to before `end` of a file as a file of their own. */
export const windowOf = (file: RandomAccess, begin: number, end: number): RandomAccess => ({
  size: end - begin,
  read: (offset, length) => file.read(begin + offset, length),
});

/** A view of bytes for reading numbers. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
