import type { RestartSettings } from "../settings.ts";

/** Counts crashes: how long to wait before the next start, and when predictions are refused altogether. */
export class CircuitBreaker {
  readonly #settings: RestartSettings;
  readonly #now: () => number;
  #crashes: number[] = [];
  #inARow = 0;
  #openUntil = 0;

  constructor(settings: RestartSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Milliseconds until a start may be tried. */
  get openMs(): number {
    return Math.max(0, this.#openUntil - this.#now());
  }

  /** Notes a crash. Gives the milliseconds to wait before the next start. */
  crashed(): number {
    const { firstDelayMs, maxDelayMs, crashes, windowMs, openMs } = this.#settings;
    const now = this.#now();
    this.#crashes = [...this.#crashes.filter((at) => at > now - windowMs), now];
    this.#inARow += 1;
    if (this.#crashes.length >= crashes) {
      this.#crashes = [];
      this.#openUntil = now + openMs;
    }
    const delay = Math.min(maxDelayMs, firstDelayMs * 2 ** (this.#inARow - 1));
    return Math.max(delay, this.openMs);
  }

  /** Notes a good answer: the next crash is a first one again. */
  answered(): void {
    this.#inARow = 0;
  }
}
