import type { LayerGraph } from "./layer.ts";
import type { Network, NetworkState, Slice } from "./network.ts";
import type { Tape } from "./tape.ts";

/** Names of parameters and statistics in a graph, by their keys. */
export type OwnNames = Readonly<Record<string, string>>;

/** Cuts a flat vector of the graph into its slices. */
export function cutFlat(tape: Tape, flat: string, slices: readonly Slice[]): OwnNames {
  if (slices.length === 0) return {};
  const lengths = tape.ints(slices.map(({ length }) => length));
  const pieces = tape.ops("Split", [flat, lengths], slices.length, { axis: 0 });
  return Object.fromEntries(
    slices.map(({ key, dims }, i) => [
      key,
      tape.op("Reshape", [pieces[i] as string, tape.ints(dims)]),
    ]),
  );
}

/** Puts the numbers of a state into the graph as constants called `<prefix><key>`. */
export function fixState(tape: Tape, net: Network, state: NetworkState, prefix: string): OwnNames {
  const put = (flat: Float32Array, slices: readonly Slice[]): [string, string][] =>
    slices.map(({ key, dims, offset, length }) => [
      key,
      tape.floats(`${prefix}${key}`, dims, flat.slice(offset, offset + length)),
    ]);
  return Object.fromEntries([
    ...put(state.parameters, net.parameters),
    ...put(state.statistics, net.statistics),
  ]);
}

/** Writes all layers; `value` is the input's name. The last one's output are scores `[batch, classes]`. */
export function writeNetwork(
  tape: Tape,
  net: Network,
  value: string,
  own: OwnNames,
  training: boolean,
): { readonly graphs: readonly LayerGraph[]; readonly scores: string } {
  const graphs: LayerGraph[] = [];
  let current = value;
  net.layers.forEach((layer, index) => {
    const names = [...layer.parameters, ...layer.statistics].map(({ name }) => [
      name,
      own[`${index}/${name}`] as string,
    ]);
    const graph = layer.write({
      tape,
      value: current,
      index,
      own: Object.fromEntries(names) as Record<string, string>,
      training,
    });
    graphs.push(graph);
    current = graph.output;
  });
  return { graphs, scores: current };
}
