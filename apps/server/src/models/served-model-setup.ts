import type { Models, SwapResult } from "@plimsoll/inference";
import type { Desired } from "./desired.ts";
import type { LastGoodMemory } from "./last-good.ts";
import type { VersionFinder } from "./locate-version.ts";
import type { ModelSource } from "./model-source.ts";
import type { Resolved } from "./resolved.ts";

/** A version that could not be served. */
export interface VersionFailure {
  readonly version: string;
  readonly code: string;
  readonly message: string;
}

/** What is known of a model here, without asking anybody. */
export interface ServedState {
  /** What was resolved last and is loaded. */
  readonly current: Resolved | undefined;
  /** Why what is served may be old. */
  readonly stale: string | undefined;
  readonly failure: VersionFailure | undefined;
  /** Generation of the desired state that was carried out, or tried. */
  readonly generation: number;
}

export interface ReloadOrder {
  /** A version or a channel; default what the followed channel names. */
  readonly version?: string | undefined;
  readonly forceDownload?: boolean | undefined;
  /** Takes another signature, and a version that is known as broken. */
  readonly force?: boolean | undefined;
}

export interface ReloadOutcome extends SwapResult {
  /** all: the desired state says so to every replica · local: the store takes no writes. */
  readonly scope: "all" | "local";
  readonly desired: number;
}

/** One model: finds what is to be served, brings it, swaps it in, and follows what the store says from then on. */
export interface ServedModel {
  readonly name: string;
  /** Loads it if it is not loaded: what is desired, else the last that was good. However many ask, once. */
  ensure(): Promise<void>;
  reload(order: ReloadOrder): Promise<ReloadOutcome>;
  /** Looks whether something else is desired by now, and swaps to it. A model that nobody asked for stays unloaded. */
  follow(): Promise<void>;
  state(): ServedState;
  /** What is loaded is gone: the next request loads again. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

export interface ServedModelSetup {
  readonly name: string;
  readonly models: Models;
  readonly finder: VersionFinder;
  readonly source: ModelSource | undefined;
  readonly lastGood: LastGoodMemory;
  /** Writes the next generation; undefined where there is no store. */
  readonly writeDesired:
    | ((next: { readonly version?: string; readonly sequence: number }) => Promise<Desired>)
    | undefined;
  readonly log: (line: string) => void;
  /** Told when other files became the loaded ones. */
  readonly onTaken: (resolved: Resolved, previous: Resolved | undefined) => Promise<void>;
  readonly onFailure: (failure: VersionFailure) => void;
}
