/** Bytes from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A set of bytes of a file, kept as sorted ranges that neither touch nor overlap. */
export class ByteRanges {
  #ranges: ByteRange[] = [];

  /** Bytes in the set. */
  get bytes(): number {
    return this.#ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** After the last byte of the set. */
  get end(): number {
    return this.#ranges.at(-1)?.end ?? 0;
  }

  add(start: number, end: number): void {
    if (end <= start) return;
    let first = 0;
    while (first < this.#ranges.length && (this.#ranges[first]?.end ?? 0) < start) first++;
    let last = first;
    let merged = { start, end };
    for (; last < this.#ranges.length; last++) {
      const range = this.#ranges[last];
      if (range === undefined || range.start > end) break;
      merged = {
        start: Math.min(merged.start, range.start),
        end: Math.max(merged.end, range.end),
      };
    }
    this.#ranges.splice(first, last - first, merged);
  }

  remove(start: number, end: number): void {
    this.#ranges = this.#ranges.flatMap((range) =>
      [
        { start: range.start, end: Math.min(range.end, start) },
        { start: Math.max(range.start, end), end: range.end },
      ].filter((left) => left.start < left.end),
    );
  }

  /** Up to where the set has every byte from `start` on. */
  frontier(start = 0): number {
    return this.#ranges.find((range) => range.start <= start && start < range.end)?.end ?? start;
  }

  /** Whether the set has any byte between `start` and `end`. */
  touches(start: number, end: number): boolean {
    return this.#ranges.some((range) => range.start < end && start < range.end);
  }

  /** What is missing between `start` and `end`, in order. */
  gaps(start: number, end: number): ByteRange[] {
    const gaps: ByteRange[] = [];
    let at = start;
    for (const range of this.#ranges) {
      if (range.end <= at) continue;
      if (range.start >= end) break;
      if (range.start > at) gaps.push({ start: at, end: range.start });
      at = range.end;
    }
    if (at < end) gaps.push({ start: at, end });
    return gaps;
  }

  /** The ranges, in order. */
  toArray(): readonly ByteRange[] {
    return [...this.#ranges];
  }
}
