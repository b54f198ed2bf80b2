import type { FetchError } from "./error.ts";
import type { FetchSettings } from "./fetch-defaults.ts";
import type { Source } from "./source.ts";

/** One source of a piece and what was learned about it in this run. */
export interface SourceState {
  readonly source: Source;
  /** Of the object that bytes were taken from here. */
  validator: string | undefined;
  /** Bytes of it were used since the last restart. */
  delivered: boolean;
  /** Not to be asked before this time. */
  blockedUntil: number;
  /** Bytes a second of one request, as measured; undefined before the first. */
  rate: number | undefined;
  /** Requests that are under way. */
  asked: number;
  /** Chunks that came wrong from here and from nowhere else. */
  wrong: number;
  /** Why it is not asked any more in this run. */
  dead: FetchError | undefined;
}

/** Sources at this share of the fastest one's speed are asked, too. */
const nearlyBest = 0.7;

/** The sources of one piece: asked in order, the next one when one fails, back to a failed one after its wait. */
export class Sources {
  readonly #all: SourceState[];
  #current = 0;
  #last: FetchError | undefined;

  constructor(sources: readonly Source[]) {
    this.#all = sources.map((source) => ({
      source,
      validator: undefined,
      delivered: false,
      rate: undefined,
      asked: 0,
      wrong: 0,
      blockedUntil: -Infinity,
      dead: undefined,
    }));
  }

  get all(): readonly SourceState[] {
    return this.#all;
  }

  get live(): readonly SourceState[] {
    return this.#all.filter((state) => state.dead === undefined);
  }

  /** True when some source may be asked now. */
  isReady(now: number): boolean {
    return this.live.some((state) => state.blockedUntil <= now);
  }

  /** The source to ask now, after a wait if all have to wait. Throws the last failure where none is left. */
  async pick(
    settings: Pick<FetchSettings, "now" | "sleep">,
    signal: AbortSignal,
  ): Promise<SourceState> {
    for (;;) {
      signal.throwIfAborted();
      const count = this.#all.length;
      for (let step = 0; step < count; step++) {
        const index = (this.#current + step) % count;
        const state = this.#all[index];
        if (state === undefined || state.dead) continue;
        if (state.blockedUntil > settings.now()) continue;
        this.#current = index;
        return state;
      }
      const [soonest] = this.live.toSorted((a, b) => a.blockedUntil - b.blockedUntil);
      if (soonest === undefined) throw this.#fault();
      await settings.sleep(soonest.blockedUntil - settings.now(), signal);
      // Not asked of the clock again: a sleep may end a little early.
      soonest.blockedUntil = -Infinity;
    }
  }

  /**
   * Of sources that all refused, the first one's word: it is the address that a person knows. Wrong bytes from any of
   * them weigh more.
   */
  #fault(): Error {
    const refused = this.#last?.code === "E_AUTH" || this.#last?.code === "E_NOT_FOUND";
    return (refused ? this.#all[0]?.dead : this.#last) ?? this.#last ?? new Error("no source");
  }

  /**
   * Like `pick`, but where bytes of several sources may be put together: one request goes to each that was not measured
   * yet, then the fastest are asked in turn.
   */
  async pickFast(
    settings: Pick<FetchSettings, "now" | "sleep">,
    signal: AbortSignal,
  ): Promise<SourceState> {
    const now = settings.now();
    const ready = this.live.filter((state) => state.blockedUntil <= now);
    if (ready.length < 2) return await this.pick(settings, signal);
    signal.throwIfAborted();
    const begun = ready.some(({ rate, asked }) => rate !== undefined || asked > 0);
    const fresh = ready.find(({ rate, asked }) => rate === undefined && asked === 0);
    if (fresh && (begun || fresh === ready[0])) return fresh;
    const best = Math.max(...ready.map(({ rate = 0 }) => rate));
    const fast = ready.filter(({ rate = 0 }) => rate >= best * nearlyBest);
    const [least] = fast.toSorted((a, b) => a.asked - b.asked);
    return least ?? (await this.pick(settings, signal));
  }

  /** The fastest that may be asked now, other than this one. */
  otherThan(state: SourceState, now: number): SourceState | undefined {
    const [other] = this.live
      .filter((each) => each !== state && each.blockedUntil <= now)
      .toSorted((a, b) => (b.rate ?? 0) - (a.rate ?? 0));
    return other;
  }

  /** One request brought `bytes` in `ms`. */
  measured(state: SourceState, bytes: number, ms: number): void {
    if (bytes <= 0 || ms <= 0) return;
    const rate = (bytes / ms) * 1000;
    state.rate = state.rate === undefined ? rate : state.rate * 0.7 + rate * 0.3;
  }

  /** Not before `until`. */
  block(state: SourceState, until: number): void {
    state.blockedUntil = Math.max(state.blockedUntil, until);
  }

  /** Not again in this run. */
  bury(state: SourceState, error: FetchError): void {
    state.dead = error;
    this.#last = error;
  }

  /** The one that bytes were taken from, else the first. */
  get delivering(): SourceState | undefined {
    return this.#all[this.#current]?.delivered
      ? this.#all[this.#current]
      : (this.#all.find((state) => state.delivered) ?? this.#all[0]);
  }

  /**
   * After wrong bytes: those that delivered are not asked again if there are others. Gives whether there were others.
   */
  distrust(error: FetchError): boolean {
    const others = this.live.some((state) => !state.delivered);
    for (const state of this.live) {
      if (others && state.delivered) this.bury(state, error);
      state.delivered = false;
      state.validator = undefined;
    }
    return others;
  }
}
