import type { RunEvent } from "../runs/run-event.ts";

/** Who works on runs that were created. */
export interface RunQueue {
  /** Sees to it that somebody works on the run, from its last finished stage on; returns at once. */
  enqueue(model: string, run: string): Promise<void>;
  /** Calls back with what happens in runs, as far as it is known here. */
  listen(listener: (event: RunEvent) => void): () => void;
  /** Stops working here; runs that have not ended stay as they are. */
  close(): Promise<void>;
}
