import type { ByteRange } from "./byte-ranges.ts";

/** A cut shorter than this costs more in requests than it saves in waiting. */
const leastBytes = 1_048_576;

/** The bytes that are still to be asked for, handed out in order, one request's worth at a time. */
export class Segments {
  readonly #segmentBytes: number;
  readonly #wanted: ByteRange[];
  #bytes: number;

  constructor(wanted: readonly ByteRange[], segmentBytes: number) {
    this.#segmentBytes = segmentBytes;
    this.#wanted = wanted.filter(({ start, end }) => start < end);
    this.#bytes = wanted.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  get isEmpty(): boolean {
    return this.#wanted.length === 0;
  }

  /**
   * The next segment. Towards the end, when `lanes` would otherwise wait for the last one to finish, segments become
   * shorter.
   */
  next(lanes: number): ByteRange | undefined {
    const range = this.#wanted.shift();
    if (range === undefined) return undefined;
    const share = Math.max(Math.ceil(this.#bytes / lanes), leastBytes);
    const end = Math.min(range.end, range.start + Math.min(share, this.#segmentBytes));
    if (end < range.end) this.#wanted.unshift({ start: end, end: range.end });
    this.#bytes -= end - range.start;
    return { start: range.start, end };
  }

  /** Takes back what could not be brought. */
  putBack(range: ByteRange): void {
    if (range.start >= range.end) return;
    this.#wanted.unshift(range);
    this.#bytes += range.end - range.start;
  }
}
