import type { Models } from "@plimsoll/inference";
import type { BodyBudget } from "./limits/body-budget.ts";
import type { Limits } from "./limits/limits.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { Serving } from "./serving.ts";
import type { Training } from "./training.ts";

/** What is true of the whole process, whichever port was asked. */
export interface Lifecycle {
  /** Set by SIGTERM: not ready any more, and new work is answered 503. */
  draining: boolean;
  /** Requests that are being answered. */
  inFlight: number;
  /** Streams of events; they are ended when draining begins. */
  readonly streams: Set<AbortController>;
}

/** Who is let in, and where the pages are. */
export interface AppConfig {
  /** Of the server, for answers. */
  readonly version: string;
  /** Covers every predicting route where it is set. */
  readonly apiKey?: string;
  /** Without it there are no admin routes. */
  readonly adminToken?: string;
  /** Folder of the built dashboard. */
  readonly dashboardDir?: string;
  readonly limits?: Partial<Limits>;
}

/** What routes work with. */
export interface Context {
  readonly models: Models;
  readonly serving: Serving;
  readonly training?: Training;
  readonly config: AppConfig;
  readonly limits: Limits;
  readonly budget: BodyBudget;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** When the process began, by `now`. */
  readonly startedAt: number;
}
