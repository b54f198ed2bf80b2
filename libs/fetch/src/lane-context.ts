import type { Attempts } from "./attempts.ts";
import type { FetchSettings } from "./fetch-defaults.ts";
import type { Landing } from "./landing.ts";
import type { LanePool } from "./lane-pool.ts";
import type { Piece } from "./piece.ts";
import type { Reporter } from "./reporter.ts";
import type { SourceState } from "./sources.ts";
import type { StopTree } from "./stop-tree.ts";

/** What the lanes of a piece work with. */
export interface LaneContext {
  readonly landing: Landing;
  readonly settings: FetchSettings;
  readonly pool: LanePool;
  readonly reporter: Reporter;
  readonly attempts: Attempts;
  readonly stop: StopTree;
  /** An answer was accepted: size and validator of the piece are known. Called before its bytes are taken. */
  readonly begun: (piece: Piece, state: SourceState) => Promise<void>;
  /** Bytes came over the network. */
  readonly received: (bytes: number) => void;
  /** Gives a promise where bytes come faster than they may. */
  readonly throttle: (bytes: number, signal: AbortSignal) => Promise<void> | undefined;
}
