import type { LayerMaker } from "./layer.ts";

/** Negative values become 0. */
export const relu: LayerMaker = (shape) => ({
  shape,
  parameters: [],
  statistics: [],
  write({ tape, value }) {
    const output = tape.op("Relu", [value]);
    return {
      output,
      backward(slope) {
        const zero = tape.scalar(0);
        const passes = tape.op("Greater", [output, zero]);
        return { parameters: {}, input: tape.op("Where", [passes, slope, zero]) };
      },
    };
  },
});
