/** A pause shorter than this is saved up. */
const leastPauseMs = 20;

/** Lets through so many bytes a second, over all lanes of a fetcher. */
export class RateLimit {
  readonly #bytesPerSecond: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** When what was let through so far may have come at this rate. */
  #dueAt = -Infinity;

  constructor(
    bytesPerSecond: number,
    {
      now,
      sleep,
    }: { now: () => number; sleep: (ms: number, signal?: AbortSignal) => Promise<void> },
  ) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#now = now;
    this.#sleep = sleep;
  }

  /** Counts bytes that came; where it gives a promise, wait for that before more are read. */
  take(bytes: number, signal: AbortSignal): Promise<void> | undefined {
    const now = this.#now();
    this.#dueAt = Math.max(this.#dueAt, now) + (bytes / this.#bytesPerSecond) * 1000;
    const pauseMs = this.#dueAt - now;
    return pauseMs < leastPauseMs ? undefined : this.#sleep(pauseMs, signal);
  }
}
