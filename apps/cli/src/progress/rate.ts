interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Speed over the last seconds, so that a stall shows and an old burst is forgotten. */
export class Rate {
  readonly #windowMs: number;
  readonly #samples: Sample[] = [];

  constructor(windowMs = 5_000) {
    this.#windowMs = windowMs;
  }

  /** Tells the total so far; a smaller one than before (a restart) begins anew. */
  add(atMs: number, bytes: number): void {
    const last = this.#samples.at(-1);
    if (last && bytes < last.bytes) this.#samples.length = 0;
    // Ten samples a second are plenty: the window stays small however often it is told.
    const previous = this.#samples.at(-2);
    if (last && previous && last.atMs - previous.atMs < 100) this.#samples.pop();
    this.#samples.push({ atMs, bytes });
    const oldest = atMs - this.#windowMs;
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? Infinity) <= oldest) {
      this.#samples.shift();
    }
  }

  /** Bytes per second at `nowMs`; undefined before a quarter of a second has passed. */
  bytesPerSecond(nowMs: number): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || nowMs - first.atMs < 250) return undefined;
    return ((last.bytes - first.bytes) * 1000) / (nowMs - first.atMs);
  }
}
