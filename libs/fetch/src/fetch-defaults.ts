import type { FetchOptions } from "./fetch-request.ts";
import { loopLoad } from "./loop-load.ts";
import { sleep } from "./sleep.ts";

/** The options that have a plain default, with every one present. */
export type FetchSettings = Required<
  Pick<
    FetchOptions,
    | "lanesPerFile"
    | "lanes"
    | "segmentBytes"
    | "tries"
    | "backoff"
    | "maxBytes"
    | "now"
    | "sleep"
    | "random"
    | "isBusy"
  >
>;

/** What `openFetcher` and `fetchFile` use where an option is absent. */
export const fetchDefaults: FetchSettings = {
  lanesPerFile: 16,
  lanes: 16,
  segmentBytes: 4_194_304,
  tries: 6,
  backoff: { baseMs: 1000, capMs: 60_000 },
  maxBytes: 68_719_476_736,
  now: () => performance.now(),
  sleep,
  random: Math.random,
  isBusy: loopLoad(),
};
