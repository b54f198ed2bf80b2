import { FetchError } from "./error.ts";
import type { FetchChunk } from "./fetch-request.ts";

/** The chunks of a file, end to end from offset 0, found by offset. */
export class ChunkMap {
  readonly chunks: readonly FetchChunk[];
  /** Bytes of the whole file. */
  readonly size: number;

  /** Throws `E_USAGE` for chunks that do not lie end to end. */
  constructor(chunks: readonly FetchChunk[], name: string) {
    let end = 0;
    for (const { offset, length } of chunks) {
      if (offset !== end || !(length > 0)) {
        throw new FetchError("E_USAGE", `${name}: its chunks do not lie end to end at byte ${end}`);
      }
      end += length;
    }
    this.chunks = chunks;
    this.size = end;
  }

  /** The chunk that the byte at `offset` belongs to. */
  at(offset: number): FetchChunk {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.chunks[middle]?.offset ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const chunk = this.chunks[low];
    if (chunk === undefined) throw new RangeError(`no chunk at ${offset}`);
    return chunk;
  }

  /** The first end of a chunk at or after `offset`. */
  ceil(offset: number): number {
    if (offset <= 0) return 0;
    const { offset: start, length } = this.at(Math.min(offset, this.size) - 1);
    return start + length;
  }
}
