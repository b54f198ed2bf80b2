import { model, type Model, valueInfo } from "@plimsoll/inference";
import type { LayerGraph } from "./layer.ts";
import type { Network } from "./network.ts";
import { openTape, type Tape } from "./tape.ts";
import { cutFlat, writeNetwork } from "./write-network.ts";

/** A mask that a step takes: 0 or 1 / keep each. */
export interface Mask {
  readonly name: string;
  readonly keep: number;
  /** Shape for one example. */
  readonly shape: readonly number[];
}

/** A training step as a model. */
export interface StepModel {
  readonly model: Model;
  readonly masks: readonly Mask[];
}

/**
 * Forward, backward and AdamW (Loshchilov and Hutter 2019) in one graph: state goes in and comes out, nothing is kept
 * between two runs.
 *
 * In: `values` `[batch, ...shape]`, `targets` `[batch, classes]` (each row sums to 1), `row_weights` `[batch, 1]`,
 * `parameters`, `first` and `second` (Adam's moments) and `statistics`, all flat, and the scalars `rate`, `decay`,
 * `first_correction` and `second_correction` (1 / (1 - 0.9^t), 1 / (1 - 0.999^t)). Out: the same four with
 * `_next`, and `loss`, the weighted mean cross-entropy in nats.
 */
export function stepModel(net: Network): StepModel {
  const tape = openTape();
  const own = {
    ...cutFlat(tape, "parameters", net.parameters),
    ...cutFlat(tape, "statistics", net.statistics),
  };
  const { graphs, scores } = writeNetwork(tape, net, "values", own, true);
  const slope = writeLoss(tape, scores);
  const slopes = writeBackward(tape, net, graphs, slope);
  writeAdam(tape, net, slopes);
  const hasStatistics = net.statistics.length > 0;
  if (hasStatistics) {
    const fresh = net.statistics.map(({ layer, name }) =>
      tape.op("Reshape", [graphs[layer]?.statistics?.[name] as string, tape.ints([-1])]),
    );
    tape.rename(tape.op("Concat", fresh, { axis: 0 }), "statistics_next");
  }
  const masks = graphs.flatMap(({ masks: taken = {} }, layer) =>
    Object.entries(taken).map(([name, { keep }]) => ({
      name,
      keep,
      shape: net.layers[layer]?.shape ?? [],
    })),
  );
  const flats = ["parameters", "first", "second"];
  return {
    masks,
    model: model({
      name: "training-step",
      nodes: tape.nodes,
      initializers: tape.initializers,
      inputs: [
        valueInfo("values", ["batch", ...net.shape]),
        valueInfo("targets", ["batch", net.classes]),
        valueInfo("row_weights", ["batch", 1]),
        ...flats.map((name) => valueInfo(name, ["parameters"])),
        ...(hasStatistics ? [valueInfo("statistics", ["statistics"])] : []),
        ...["rate", "decay", "first_correction", "second_correction"].map((name) =>
          valueInfo(name, []),
        ),
        ...masks.map(({ name, shape }) => valueInfo(name, ["batch", ...shape])),
      ],
      outputs: [
        ...flats.map((name) => valueInfo(`${name}_next`, ["parameters"])),
        ...(hasStatistics ? [valueInfo("statistics_next", ["statistics"])] : []),
        valueInfo("loss", []),
      ],
    }),
  };
}

/** Writes the output `loss` and gives its slope by the scores: (probability - target) · weight / sum of weights. */
function writeLoss(tape: Tape, scores: string): string {
  const logs = tape.op("LogSoftmax", [scores], { axis: 1 });
  const total = tape.op("ReduceSum", ["row_weights"], { keepdims: 0 });
  const share = tape.op("Div", ["row_weights", total]);
  const weighted = tape.op("Mul", ["targets", share]);
  const product = tape.op("Mul", [weighted, logs]);
  tape.rename(tape.op("Neg", [tape.op("ReduceSum", [product], { keepdims: 0 })]), "loss");
  const difference = tape.op("Sub", [tape.op("Exp", [logs]), "targets"]);
  return tape.op("Mul", [difference, share]);
}

/** Writes the chain rule through all layers; gives the flat slope by all parameters. */
function writeBackward(
  tape: Tape,
  net: Network,
  graphs: readonly LayerGraph[],
  slope: string,
): string {
  const byKey = new Map<string, string>();
  const firstTrained = net.layers.findIndex(({ parameters }) => parameters.length > 0);
  let current: string = slope;
  for (let index = graphs.length - 1; index >= firstTrained; index -= 1) {
    const given = graphs[index]?.backward(current, index > firstTrained);
    for (const [name, value] of Object.entries(given?.parameters ?? {})) {
      byKey.set(`${index}/${name}`, value);
    }
    current = given?.input ?? "";
  }
  const flat = net.parameters.map(({ key }) =>
    tape.op("Reshape", [byKey.get(key) as string, tape.ints([-1])]),
  );
  return tape.op("Concat", flat, { axis: 0 });
}

function writeAdam(tape: Tape, net: Network, slope: string): void {
  const blend = (name: string, value: string, keep: number): string =>
    tape.op("Add", [
      tape.op("Mul", [name, tape.scalar(keep)]),
      tape.op("Mul", [value, tape.scalar(1 - keep)]),
    ]);
  const first = blend("first", slope, 0.9);
  const second = blend("second", tape.op("Mul", [slope, slope]), 0.999);
  const root = tape.op("Sqrt", [tape.op("Mul", [second, "second_correction"])]);
  const moved = tape.op("Div", [
    tape.op("Mul", [first, "first_correction"]),
    tape.op("Add", [root, tape.scalar(1e-8)]),
  ]);
  const decays = new Float32Array(net.parameters.reduce((sum, { length }) => sum + length, 0));
  for (const { layer, name, offset, length } of net.parameters) {
    const decay = net.layers[layer]?.parameters.find((each) => each.name === name)?.decay ?? false;
    decays.fill(decay ? 1 : 0, offset, offset + length);
  }
  const mask = tape.floats("decays", [decays.length], decays);
  const shrunk = tape.op("Mul", [tape.op("Mul", ["parameters", mask]), "decay"]);
  const change = tape.op("Mul", [tape.op("Add", [moved, shrunk]), "rate"]);
  tape.rename(tape.op("Sub", ["parameters", change]), "parameters_next");
  tape.rename(first, "first_next");
  tape.rename(second, "second_next");
}
