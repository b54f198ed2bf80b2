import type { LayerMaker } from "./layer.ts";

/**
 * Drops a share of the values while training and scales the rest up. Which ones is an input of the graph, 0 or
 * 1 / (1 - share) each, so that the caller's seed decides.
 */
export function dropout(share: number): LayerMaker {
  return (shape) => ({
    shape,
    parameters: [],
    statistics: [],
    write({ tape, value, index, training }) {
      const name = `mask${index}`;
      if (!training) {
        return { output: value, backward: (input) => ({ parameters: {}, input }) };
      }
      return {
        output: tape.op("Mul", [value, name]),
        masks: { [name]: { keep: 1 - share } },
        backward: (slope) => ({ parameters: {}, input: tape.op("Mul", [slope, name]) }),
      };
    },
  });
}
