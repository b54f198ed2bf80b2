import { seededRandom } from "../random.ts";
import type { Layer, LayerMaker } from "./layer.ts";

/** One named run of numbers in a flat vector. */
export interface Slice {
  /** `<layer number>/<name>`. */
  readonly key: string;
  readonly layer: number;
  readonly name: string;
  readonly dims: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** Layers one after another, ending in a score per class. */
export interface Network {
  /** Shape of one example. */
  readonly shape: readonly number[];
  readonly layers: readonly Layer[];
  readonly classes: number;
  /** How all parameters lie in one flat vector. */
  readonly parameters: readonly Slice[];
  /** How all statistics lie in another. */
  readonly statistics: readonly Slice[];
}

/** Numbers of a network that was trained, or is to be. */
export interface NetworkState {
  readonly parameters: Float32Array;
  readonly statistics: Float32Array;
}

interface Named {
  readonly name: string;
  readonly dims: readonly number[];
}

/** A network of `makers` for examples of `shape`. */
export function network(shape: readonly number[], makers: readonly LayerMaker[]): Network {
  const layers: Layer[] = [];
  let current = shape;
  for (const make of makers) {
    const layer = make(current);
    layers.push(layer);
    current = layer.shape;
  }
  return {
    shape,
    layers,
    classes: current[0] ?? 0,
    parameters: lay(layers, (layer) => layer.parameters),
    statistics: lay(layers, (layer) => layer.statistics),
  };
}

function lay(layers: readonly Layer[], of: (layer: Layer) => readonly Named[]): Slice[] {
  let offset = 0;
  return layers.flatMap((layer, index) =>
    of(layer).map(({ name, dims }) => {
      const length = dims.reduce((total, size) => total * size, 1);
      const slice = { key: `${index}/${name}`, layer: index, name, dims, offset, length };
      offset += length;
      return slice;
    }),
  );
}

const total = (slices: readonly Slice[]): number =>
  slices.reduce((sum, { length }) => sum + length, 0);

/** Start values of a network: the same seed gives the same ones. */
export function startState(net: Network, seed: number): NetworkState {
  const random = seededRandom(seed);
  const parameters = new Float32Array(total(net.parameters));
  const statistics = new Float32Array(total(net.statistics));
  for (const { layer, name, offset } of net.parameters) {
    const own = net.layers[layer]?.parameters.find((each) => each.name === name);
    if (own) parameters.set(own.start(random), offset);
  }
  for (const { layer, name, offset, length } of net.statistics) {
    const own = net.layers[layer]?.statistics.find((each) => each.name === name);
    statistics.fill(own?.start ?? 0, offset, offset + length);
  }
  return { parameters, statistics };
}
