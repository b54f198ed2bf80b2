import type { Cache } from "@plimsoll/cache";
import type { Catalogue } from "./catalogue.ts";
import type { Convergence } from "./converge.ts";
import type { EventLog } from "./event-log.ts";
import type { FanOut } from "./fan-out.ts";
import type { ModelEntry, ModelSet } from "./model-set.ts";
import type { PredictionCache } from "./prediction-cache.ts";
import type { ServingOptions } from "./serving-options.ts";
import type { StoreLink } from "./store-link.ts";

/** What the verbs of a `Serving` work with. */
export interface ServingContext {
  readonly options: ServingOptions;
  readonly cache: Cache;
  readonly catalogue: Catalogue;
  readonly set: ModelSet;
  readonly events: EventLog;
  readonly converge: Convergence;
  readonly fanOut: () => FanOut;
  readonly predictions: () => PredictionCache | undefined;
  readonly links: () => readonly StoreLink[];
  readonly replicaId: string;
  readonly now: () => number;
  /** The model that a name from a request means. @throws ServerError 404 `E_NOT_FOUND`. */
  readonly find: (name: string) => Promise<ModelEntry>;
}
