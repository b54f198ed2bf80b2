import type { LayerMaker } from "./layer.ts";

const epsilon = 1e-5;
const momentum = 0.1;

/**
 * Batch normalisation over `[channels, height, width]` (Ioffe and Szegedy 2015): each channel to mean 0 and variance 1
 * over the batch, then scaled and shifted by what is learnt. A graph that does not train uses the running averages.
 */
export const batchNorm: LayerMaker = (shape) => {
  const [channels = 1] = shape;
  const dims = [1, channels, 1, 1];
  const ones = (): Float32Array => new Float32Array(channels).fill(1);
  return {
    shape,
    parameters: [
      { name: "scale", dims, decay: false, start: ones },
      { name: "shift", dims, decay: false, start: () => new Float32Array(channels) },
    ],
    statistics: [
      { name: "mean", dims, start: 0 },
      { name: "variance", dims, start: 1 },
    ],
    write({ tape, value, own, training }) {
      const axes = [0, 2, 3];
      const average = (of: string): string => tape.op("ReduceMean", [of], { axes, keepdims: 1 });
      const scale = own["scale"] as string;
      const shift = own["shift"] as string;
      const mean = training ? average(value) : (own["mean"] as string);
      const centred = tape.op("Sub", [value, mean]);
      const variance = training
        ? average(tape.op("Mul", [centred, centred]))
        : (own["variance"] as string);
      const deviation = tape.op("Sqrt", [tape.op("Add", [variance, tape.scalar(epsilon)])]);
      const factor = tape.op("Div", [scale, deviation]);
      const output = tape.op("Add", [tape.op("Mul", [centred, factor]), shift]);
      const running = (name: string, now: string): string =>
        tape.op("Add", [
          tape.op("Mul", [own[name] as string, tape.scalar(1 - momentum)]),
          tape.op("Mul", [now, tape.scalar(momentum)]),
        ]);
      return {
        output,
        statistics: training
          ? { mean: running("mean", mean), variance: running("variance", variance) }
          : {},
        backward(slope) {
          const inverse = tape.op("Div", [tape.scalar(1), deviation]);
          const unit = tape.op("Mul", [centred, inverse]);
          // Means instead of sums: sum / count is what both the input's slope and, times count, the parameters' need.
          const meanSlope = average(slope);
          const meanProduct = average(tape.op("Mul", [slope, unit]));
          const total = tape.op("Cast", [tape.op("Size", [value])], { to: 1 });
          const count = tape.op("Div", [total, tape.scalar(channels)]);
          const inner = tape.op("Sub", [
            tape.op("Sub", [slope, meanSlope]),
            tape.op("Mul", [unit, meanProduct]),
          ]);
          return {
            parameters: {
              scale: tape.op("Mul", [meanProduct, count]),
              shift: tape.op("Mul", [meanSlope, count]),
            },
            input: tape.op("Mul", [inner, factor]),
          };
        },
      };
    },
  };
};
