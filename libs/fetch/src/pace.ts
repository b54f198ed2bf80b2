/** More than this a process hardly takes in; lanes beyond it only cost memory. */
const enoughBytesPerSecond = 400_000_000;
/** A request of so many bytes tells the speed by itself; of a shorter one, as of the very first, a part is its start. */
const tellingBytes = 33_554_432;
const leastShare = 0.3;
const mostShare = 0.9;
/** A request should last so long, so that the pause before the next one does not matter. */
const requestSeconds = 0.5;
const mostSegmentBytes = 67_108_864;
/** What comes is measured over so long. */
const windowMs = 500;
/** Time to the first trial of another number of lanes, and between trials; doubled after each that changed nothing. */
const trialPauseMs = 3000;
/** Fewer lanes stay if they bring this share of what more did. */
const keptShare = 0.95;
/** More lanes stay if they bring so many times what fewer did. */
const gainedShare = 1.1;

/**
 * How many lanes a piece should have and how much each asks for at a time. One connection at 12 MB/s is joined by as
 * many others as are allowed, one at 300 MB/s by one; a host that answers with errors gets fewer.
 */
export class Pace {
  readonly #mostLanes: number;
  readonly #leastSegmentBytes: number;
  #limit: number;
  /** As many lanes as brought something. */
  #useful: number;
  /** What came over how many lanes since when. */
  #window = { lanes: 0, since: 0, bytes: 0 };
  /** Fewer or more lanes are being tried. */
  #trial: { readonly before: number; readonly rate: number; readonly fewer: boolean } | undefined;
  #trialAt = -Infinity;
  #pauseMs: number = trialPauseMs;
  /** Bytes a second of one lane. */
  #rate: number | undefined;

  constructor(mostLanes: number, leastSegmentBytes: number) {
    this.#mostLanes = mostLanes;
    this.#leastSegmentBytes = leastSegmentBytes;
    this.#limit = mostLanes;
    this.#useful = mostLanes;
  }

  /** Lanes to have open. */
  get lanes(): number {
    const most = Math.min(this.#limit, this.#useful);
    if (this.#rate === undefined) return most;
    return Math.min(most, Math.max(1, Math.ceil(enoughBytesPerSecond / this.#rate)));
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
    const share = Math.min(Math.max(bytes / tellingBytes, leastShare), mostShare);
    this.#rate = this.#rate === undefined ? rate : this.#rate * (1 - share) + rate * share;
  }

  /**
   * Bytes came while so many lanes worked. Now and then half as many are tried, or twice as many: what brings as much
   * with fewer requests stays, and so does what brings more. Trials that change nothing become rare.
   */
  arrived(bytes: number, nowMs: number, working: number): void {
    const window = this.#window;
    if (window.lanes !== working) {
      this.#window = { lanes: working, since: nowMs, bytes };
      if (this.#trialAt === -Infinity) this.#trialAt = nowMs + trialPauseMs;
      return;
    }
    window.bytes += bytes;
    const ms = nowMs - window.since;
    if (ms < windowMs) return;
    this.#judge(window.bytes / ms, nowMs, working);
    this.#window = { lanes: working, since: nowMs, bytes: 0 };
  }

  #judge(rate: number, nowMs: number, working: number): void {
    const trial = this.#trial;
    if (trial !== undefined) {
      const isTried = trial.fewer ? working <= this.#useful : working > trial.before;
      if (!isTried && nowMs < this.#trialAt + this.#pauseMs) return;
      const share = trial.fewer ? keptShare : gainedShare;
      const isBetter = isTried && rate >= trial.rate * share;
      if (!isBetter) this.#useful = trial.before;
      this.#pauseMs = isBetter ? trialPauseMs : this.#pauseMs * 2;
      this.#trial = undefined;
      this.#trialAt = nowMs + this.#pauseMs;
      return;
    }
    if (nowMs < this.#trialAt || working < 2) return;
    const fewer = working > 2 && this.#useful >= working;
    const next = fewer ? Math.ceil(working / 2) : Math.min(this.#mostLanes, working * 2);
    if (next === working) return;
    this.#trial = { before: Math.max(working, 1), rate, fewer };
    this.#useful = next;
    this.#trialAt = nowMs;
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
