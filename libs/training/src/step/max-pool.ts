import type { LayerMaker } from "./layer.ts";

/** The largest of each 2 × 2 square of `[channels, height, width]`; an odd last row or column is left out. */
export const maxPool: LayerMaker = (shape) => {
  const [channels = 1, height = 1, width = 1] = shape;
  const window = { kernel_shape: [2, 2], strides: [2, 2] };
  return {
    shape: [channels, Math.floor(height / 2), Math.floor(width / 2)],
    parameters: [],
    statistics: [],
    write({ tape, value, training }) {
      const [output = "", places = ""] = tape.ops("MaxPool", [value], training ? 2 : 1, window);
      return {
        output,
        backward: (slope) => ({
          parameters: {},
          input: tape.op("MaxUnpool", [slope, places, tape.op("Shape", [value])], window),
        }),
      };
    },
  };
};
