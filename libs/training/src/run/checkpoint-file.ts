import { readFile, rename, writeFile } from "node:fs/promises";
import type { FitCheckpoint, FitProgress } from "../step/fit-state.ts";
import type { NetworkState } from "../step/network.ts";
import { decodeFloats, encodeFloats } from "./float-text.ts";

/** Keeps a training's progress in a file, replaced as a whole after each epoch. */
export function checkpointFile(path: string): FitCheckpoint {
  return {
    async read() {
      try {
        return fromSaved(JSON.parse(await readFile(path, "utf8")) as Saved);
      } catch {
        // Not there, or not whole: the training begins again.
        return undefined;
      }
    },
    async write(progress) {
      await writeFile(`${path}.partial`, JSON.stringify(toSaved(progress)));
      await rename(`${path}.partial`, path);
    },
  };
}

interface SavedState {
  /** Base64 of float32. */
  readonly parameters: string;
  readonly statistics: string;
}

interface Saved extends Pick<FitProgress, "epoch" | "curves"> {
  readonly state: SavedState & {
    readonly first: string;
    readonly second: string;
    readonly averaged?: SavedState;
  };
  /** Without a loss: no epoch was any better than none. */
  readonly best: {
    readonly loss: number | null;
    readonly epoch: number;
    readonly state: SavedState;
  };
}

const save = ({ parameters, statistics }: NetworkState): SavedState => ({
  parameters: encodeFloats(parameters),
  statistics: encodeFloats(statistics),
});

const load = ({ parameters, statistics }: SavedState): NetworkState => ({
  parameters: decodeFloats(parameters),
  statistics: decodeFloats(statistics),
});

function toSaved({ epoch, curves, state, best }: FitProgress): Saved {
  const { first, second, averaged } = state;
  return {
    epoch,
    curves,
    state: {
      ...save(state),
      first: encodeFloats(first),
      second: encodeFloats(second),
      ...(averaged ? { averaged: save(averaged) } : {}),
    },
    best: { ...best, state: save(best.state) },
  };
}

function fromSaved({ epoch, curves, state, best }: Saved): FitProgress {
  const { first, second, averaged } = state;
  return {
    epoch,
    curves,
    state: {
      ...load(state),
      first: decodeFloats(first),
      second: decodeFloats(second),
      ...(averaged ? { averaged: load(averaged) } : {}),
    },
    best: { ...best, loss: best.loss ?? Infinity, state: load(best.state) },
  };
}
