import type { EpochFigures } from "../run/trained-model.ts";
import type { Values } from "../runtime.ts";
import type { Network, NetworkState } from "./network.ts";

/** All numbers that a training step changes. */
export interface FitState extends NetworkState {
  /** Adam's moments, as long as the parameters. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Running averages of parameters and statistics, where they are kept: calmer than the last step's. */
  readonly averaged?: NetworkState;
}

/** A training after a whole epoch: all that it needs to go on. */
export interface FitProgress {
  readonly epoch: number;
  readonly state: FitState;
  readonly best: { readonly loss: number; readonly epoch: number; readonly state: NetworkState };
  readonly curves: readonly EpochFigures[];
}

/** Keeps the progress of a training somewhere. */
export interface FitCheckpoint {
  /** Undefined where nothing usable is kept. */
  read(): Promise<FitProgress | undefined>;
  write(progress: FitProgress): Promise<void>;
}

/** The start of a training: no epoch done. */
export function startProgress(start: NetworkState, averages: boolean): FitProgress {
  const { length } = start.parameters;
  const state: FitState = {
    ...start,
    first: new Float32Array(length),
    second: new Float32Array(length),
    ...(averages ? { averaged: copyState(start) } : {}),
  };
  return { epoch: 0, state, best: { loss: Infinity, epoch: 0, state: start }, curves: [] };
}

/** Whether a progress that was kept is one of this network. */
export function fits({ state }: FitProgress, net: Network, averages: boolean): boolean {
  const [parameters, statistics] = [sizeOf(net.parameters), sizeOf(net.statistics)];
  const isWhole = (each: NetworkState): boolean =>
    each.parameters.length === parameters && each.statistics.length === statistics;
  const { averaged } = state;
  return isWhole(state) && (averaged !== undefined ? averages && isWhole(averaged) : !averages);
}

const sizeOf = (slices: Network["parameters"]): number =>
  slices.reduce((sum, { length }) => sum + length, 0);

const copyState = ({ parameters, statistics }: NetworkState): NetworkState => ({
  parameters: parameters.slice(),
  statistics: statistics.slice(),
});

/** The state as inputs of `stepModel`. */
export function stateFeeds(state: FitState, net: Network): Record<string, Values> {
  const { parameters, first, second, statistics } = state;
  const flat = (data: Float32Array): Values => ({ data, dims: [data.length] });
  return {
    parameters: flat(parameters),
    first: flat(first),
    second: flat(second),
    ...(net.statistics.length > 0 ? { statistics: flat(statistics) } : {}),
  };
}

/** The state after a step; `keep` is how much of the averages stays, 0 to below 1. Averages are changed in place. */
export function nextState(
  answer: Readonly<Record<string, Values>>,
  before: FitState,
  keep: number,
): FitState {
  const take = (name: string): Float32Array => answer[`${name}_next`]?.data as Float32Array;
  const state = {
    parameters: take("parameters"),
    first: take("first"),
    second: take("second"),
    statistics: answer["statistics_next"] ? take("statistics") : before.statistics,
  };
  const { averaged } = before;
  if (averaged === undefined) return state;
  blend(averaged.parameters, state.parameters, keep);
  blend(averaged.statistics, state.statistics, keep);
  return { ...state, averaged };
}

function blend(into: Float32Array, fresh: Float32Array, keep: number): void {
  for (let i = 0; i < into.length; i += 1) {
    into[i] = (into[i] as number) * keep + (fresh[i] as number) * (1 - keep);
  }
}

/** What is validated and kept: the averages where there are some. A copy, since averages go on changing. */
export const shownState = ({ averaged, ...last }: FitState): NetworkState =>
  averaged === undefined
    ? { parameters: last.parameters, statistics: last.statistics }
    : copyState(averaged);
