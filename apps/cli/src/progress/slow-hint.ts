import { bytesText, durationText } from "../text/quantity.ts";

/** When a transfer counts as slow. */
export const slowHintDefaults = {
  /** Nothing is said before this. */
  afterMs: 20_000,
  /** 1 MB/s: below it 100 MB of weights take more than a minute and a half. */
  bytesPerSecond: 1024 * 1024,
  /** A short rest is not worth a word. */
  minLeftMs: 30_000,
} as const;

/** Watches the whole of a transfer and says once, if it is slow, what helps. */
export class SlowHint {
  readonly #limits: { readonly [K in keyof typeof slowHintDefaults]: number };
  #startedAt: number | undefined;
  #startBytes = 0;
  #isSaid = false;

  constructor(limits: Partial<{ readonly [K in keyof typeof slowHintDefaults]: number }> = {}) {
    this.#limits = { ...slowHintDefaults, ...limits };
  }

  /** `bytes` have come of `size`. Gives the hint when it is due, once. */
  check(now: number, bytes: number, size: number | undefined): string | undefined {
    if (this.#startedAt === undefined || bytes < this.#startBytes) {
      [this.#startedAt, this.#startBytes] = [now, bytes];
    }
    const elapsedMs = now - this.#startedAt;
    if (this.#isSaid || elapsedMs < this.#limits.afterMs) return undefined;
    const speed = ((bytes - this.#startBytes) * 1000) / elapsedMs;
    if (speed >= this.#limits.bytesPerSecond) return undefined;
    const leftMs = size === undefined ? Infinity : ((size - bytes) * 1000) / Math.max(1, speed);
    if (leftMs < this.#limits.minLeftMs) return undefined;
    this.#isSaid = true;
    const left =
      Number.isFinite(leftMs) && speed >= 1 ? `, about ${durationText(leftMs)} left` : "";
    return (
      `slow: ${bytesText(speed)}/s${left}. What helps: a CDN before the store (publish --public-url https://cdn…), ` +
      "a mirror near this machine (manifest rewrite --mirror …), or a cache that outlives the deployment (PLIMSOLL_CACHE_DIR). " +
      "Stopping loses nothing: the same command goes on from here."
    );
  }
}
