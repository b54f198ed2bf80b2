import { model, type Model, valueInfo } from "@plimsoll/inference";
import type { Network } from "./network.ts";
import { openTape } from "./tape.ts";
import { cutFlat, writeNetwork } from "./write-network.ts";

/**
 * A network without its training, its numbers still inputs: `values` `[batch, ...shape]`, flat `parameters` and
 * `statistics` in, `probabilities` `[batch, classes]` out. What validation runs between epochs.
 */
export function answerModel(net: Network): Model {
  const tape = openTape();
  const own = {
    ...cutFlat(tape, "parameters", net.parameters),
    ...cutFlat(tape, "statistics", net.statistics),
  };
  const { scores } = writeNetwork(tape, net, "values", own, false);
  tape.rename(tape.op("Softmax", [scores], { axis: 1 }), "probabilities");
  return model({
    name: "answer",
    nodes: tape.nodes,
    initializers: tape.initializers,
    inputs: [
      valueInfo("values", ["batch", ...net.shape]),
      valueInfo("parameters", ["parameters"]),
      ...(net.statistics.length > 0 ? [valueInfo("statistics", ["statistics"])] : []),
    ],
    outputs: [valueInfo("probabilities", ["batch", net.classes])],
  });
}
