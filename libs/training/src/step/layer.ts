import type { Random } from "../random.ts";
import type { Tape } from "./tape.ts";

/** Numbers of a layer that training changes. */
export interface Parameter {
  /** Unique in its layer. */
  readonly name: string;
  readonly dims: readonly number[];
  /** Whether weight decay pulls it to 0. */
  readonly decay: boolean;
  readonly start: (random: Random) => Float32Array;
}

/** Running averages of a layer: not trained, but kept. */
export interface Statistic {
  readonly name: string;
  readonly dims: readonly number[];
  readonly start: number;
}

/** What a layer needs while it writes itself to a graph. */
export interface LayerInput {
  readonly tape: Tape;
  /** Name of the value that comes in, `[batch, ...shape]`. */
  readonly value: string;
  /** Its place in the network, from 0. */
  readonly index: number;
  /** Names of its parameters and statistics in the graph. */
  readonly own: Readonly<Record<string, string>>;
  /** Whether the graph trains: dropout drops, batch statistics count. */
  readonly training: boolean;
}

/** The slopes that a layer gives back. */
export interface LayerSlopes {
  /** By the value that came in; absent where it was not asked for. */
  readonly input?: string;
  /** By each parameter. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a layer wrote. */
export interface LayerGraph {
  readonly output: string;
  /** New statistics, in a graph that trains. */
  readonly statistics?: Readonly<Record<string, string>>;
  /** Further graph inputs that it takes, by name: dropout's mask, `[batch, ...shape]`. */
  readonly masks?: Readonly<Record<string, { readonly keep: number }>>;
  /** Writes the chain rule: `slope` is the loss's slope by the output. */
  readonly backward: (slope: string, wantsInput: boolean) => LayerSlopes;
}

/** One layer of a network, for a fixed shape of one example. */
export interface Layer {
  /** Shape of one example that it gives. */
  readonly shape: readonly number[];
  readonly parameters: readonly Parameter[];
  readonly statistics: readonly Statistic[];
  readonly write: (input: LayerInput) => LayerGraph;
}

/** Makes a layer for examples of `shape`. */
export type LayerMaker = (shape: readonly number[]) => Layer;
