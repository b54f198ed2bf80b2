import { ByteRanges, type ByteRange } from "./byte-ranges.ts";

/**
 * Keeps apart what was written and what was proven: bytes count as done when the kernel has them and their chunk's
 * digest matched, in whichever order that comes.
 */
export class Proving {
  readonly #written = new ByteRanges();
  #proven: ByteRange[] = [];

  /** Bytes were written; gives the runs that are done by that. */
  wrote(start: number, end: number): readonly ByteRange[] {
    this.#written.add(start, end);
    return this.#settle();
  }

  /** A chunk's digest matched; gives the runs that are done by that. */
  proved(start: number, end: number): readonly ByteRange[] {
    this.#proven.push({ start, end });
    return this.#settle();
  }

  /** Forgets bytes that did not match, or everything that is not done. */
  forget(start = 0, end = Infinity): void {
    this.#written.remove(start, end);
    this.#proven = this.#proven.filter((range) => range.end <= start || range.start >= end);
  }

  #settle(): readonly ByteRange[] {
    const done = this.#proven.filter(
      ({ start, end }) => this.#written.gaps(start, end).length === 0,
    );
    if (done.length === 0) return done;
    this.#proven = this.#proven.filter((range) => !done.includes(range));
    for (const { start, end } of done) this.#written.remove(start, end);
    return done;
  }
}
