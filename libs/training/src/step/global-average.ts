import type { LayerMaker } from "./layer.ts";

/** The mean of each channel of `[channels, height, width]`: `[channels]`. */
export const globalAverage: LayerMaker = (shape) => {
  const [channels = 1, height = 1, width = 1] = shape;
  return {
    shape: [channels],
    parameters: [],
    statistics: [],
    write({ tape, value }) {
      return {
        output: tape.op("ReduceMean", [value], { axes: [2, 3], keepdims: 0 }),
        backward(slope) {
          const share = tape.op("Div", [slope, tape.scalar(height * width)]);
          const each = tape.op("Reshape", [share, tape.ints([-1, channels, 1, 1])]);
          return { parameters: {}, input: tape.op("Expand", [each, tape.op("Shape", [value])]) };
        },
      };
    },
  };
};
