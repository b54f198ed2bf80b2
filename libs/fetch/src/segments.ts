import type { ByteRange } from "./byte-ranges.ts";

/** A cut shorter than this costs more in requests than it saves in waiting. */
const leastBytes = 1_048_576;

/** The bytes that are still to be asked for, handed out in order, one request's worth at a time. */
export class Segments {
  readonly #wanted: ByteRange[];
  readonly #cut: (offset: number) => number;
  #bytes: number;

  /** `cut` moves the end of a segment to where one may end: a chunk is not asked for in two halves. */
  constructor(wanted: readonly ByteRange[], cut: (offset: number) => number = (end) => end) {
    this.#cut = cut;
    this.#wanted = wanted.filter(({ start, end }) => start < end);
    this.#bytes = wanted.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  get isEmpty(): boolean {
    return this.#wanted.length === 0;
  }

  /**
   * The next segment, of at most `bytes`. Towards the end, when some lanes would otherwise wait for the last one to
   * finish, segments become shorter: half of a lane's share of what is left.
   */
  next(bytes: number, lanes: number): ByteRange | undefined {
    const range = this.#wanted.shift();
    if (range === undefined) return undefined;
    const share = lanes === 1 ? Infinity : Math.ceil(this.#bytes / lanes / 2);
    const most = Math.min(bytes, Math.max(share, leastBytes));
    const end = Math.min(range.end, this.#cut(range.start + most));
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
