import type { FetchSettings } from "./fetch-defaults.ts";
import type { Landing } from "./landing.ts";
import type { Pace } from "./pace.ts";

/** The first lane is watched so long before others join it. */
const probeMs = 10;

/** The lanes that it opens more of. */
interface Growing {
  readonly pace: Pace;
  readonly settings: Pick<FetchSettings, "isBusy">;
  readonly landing: Pick<Landing, "wasBehind">;
  /** Lanes at work. */
  readonly working: () => number;
  /** Opens one more; false where there is nothing for it to do or no place. */
  readonly open: () => boolean;
}

/**
 * Opens lanes while there should be more of them. No second one before the first showed how fast it is, and none where
 * this thread or the disk is what cannot keep up: there each more makes all of them slower, since what the lanes
 * gather no longer fits into the processor's cache (1 GB over one TLS lane cost 3.1 s of processor time, over seven 4.0).
 */
export class Growth {
  readonly #lanes: Growing;
  #isProbing = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(lanes: Growing) {
    this.#lanes = lanes;
  }

  /** Bytes begin to come over the first lane; `measure` tells the pace how fast, when asked. */
  begin(measure: () => void): void {
    if (this.#timer !== undefined) return;
    // The time until now was spent on waiting for the host.
    this.#lanes.settings.isBusy();
    this.#timer = setTimeout(() => {
      measure();
      this.go();
    }, probeMs);
  }

  /** A lane showed what it brings: others may join it. */
  go(): void {
    this.#isProbing = false;
    this.#grow();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #grow(): void {
    const { pace, settings, landing, working, open } = this.#lanes;
    if (this.#isProbing || settings.isBusy() || landing.wasBehind()) return;
    while (working() < pace.lanes && open());
  }
}
