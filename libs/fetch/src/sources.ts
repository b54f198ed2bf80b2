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
  /** Chunks that came wrong from here and from nowhere else. */
  wrong: number;
  /** Why it is not asked any more in this run. */
  dead: FetchError | undefined;
}

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
