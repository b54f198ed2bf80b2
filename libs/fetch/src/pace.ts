/** More than this a process hardly takes in; lanes beyond it only cost memory. */
const enoughBytesPerSecond = 600_000_000;
/** A request should last so long, so that the pause before the next one does not matter. */
const requestSeconds = 0.5;
const mostSegmentBytes = 67_108_864;

/**
 * How many lanes a piece should have and how much each asks for at a time. One connection at 12 MB/s is joined by as
 * many others as are allowed, one at 300 MB/s by one; a host that answers with errors gets fewer.
 */
export class Pace {
  readonly #mostLanes: number;
  readonly #leastSegmentBytes: number;
  #limit: number;
  /** Bytes a second of one lane. */
  #rate: number | undefined;

  constructor(mostLanes: number, leastSegmentBytes: number) {
    this.#mostLanes = mostLanes;
    this.#leastSegmentBytes = leastSegmentBytes;
    this.#limit = mostLanes;
  }

  /** Lanes to have open. */
  get lanes(): number {
    if (this.#rate === undefined) return this.#limit;
    return Math.min(this.#limit, Math.max(1, Math.ceil(enoughBytesPerSecond / this.#rate)));
  }

  /** Bytes to ask for in one request. */
  get segmentBytes(): number {
    const half = Math.floor((this.#rate ?? 0) * requestSeconds);
    return Math.max(this.#leastSegmentBytes, Math.min(half, mostSegmentBytes));
  }

  /** One lane brought `bytes` in `ms`. */
  measured(bytes: number, ms: number): void {
    if (bytes <= 0 || ms <= 0) return;
    const rate = (bytes / ms) * 1000;
    this.#rate = this.#rate === undefined ? rate : this.#rate * 0.7 + rate * 0.3;
  }

  /** A lane was given up; so many still work. */
  failed(working: number): void {
    this.#limit = Math.max(1, working);
  }

  /** A request went well: a host that refused some may take one more. */
  succeeded(): void {
    this.#limit = Math.min(this.#limit + 1, this.#mostLanes);
  }
}
