const kept = 256;

/** Durations of the last predictions. */
export class Latency {
  readonly #last: number[] = [];
  #next = 0;

  add(durationMs: number): void {
    this.#last[this.#next] = durationMs;
    this.#next = (this.#next + 1) % kept;
  }

  /** Milliseconds; 0 where there was none. */
  percentiles(): { readonly p50: number; readonly p95: number; readonly p99: number } {
    const sorted = this.#last.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }

  /** Mean milliseconds; 0 where there was none. */
  mean(): number {
    const { length } = this.#last;
    return length === 0 ? 0 : this.#last.reduce((sum, each) => sum + each, 0) / length;
  }
}
