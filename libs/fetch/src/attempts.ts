/**
 * Bytes after a failure that count as progress: more than a host sends in a minute that is just fast enough not to be
 * given up, so that a trickle does not go on for ever.
 */
const progressBytes = 65_536;

/**
 * Counts failures in a row. Requests that run side by side and fail together, when a host goes down, count once;
 * bytes that were never here before reset the count, bytes that come a second time do not.
 */
export class Attempts {
  #round = 0;
  #failures = 0;
  #furthest = 0;
  #mark = 0;

  /** Failures since the last progress. */
  get failures(): number {
    return this.#failures;
  }

  /** Ask it before a request and give it to `failed`. */
  get round(): number {
    return this.#round;
  }

  /** Gives the count with this failure in it. */
  failed(round: number): number {
    if (round === this.#round) {
      this.#round++;
      this.#failures++;
    }
    this.#mark = this.#furthest;
    return this.#failures;
  }

  /** `bytes` of the object are here now. */
  progressed(bytes: number): void {
    if (bytes <= this.#furthest) return;
    this.#furthest = bytes;
    if (bytes >= this.#mark + progressBytes) this.#failures = 0;
  }
}
