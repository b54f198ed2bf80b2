import type { LayerMaker } from "./layer.ts";

/** `input · weightsᵀ + bias`; weights float32 `[outputs, inputs]` start with variance 2 / inputs (He et al. 2015). */
export function dense(outputs: number, gain = 2): LayerMaker {
  return (shape) => {
    const inputs = shape.reduce((total, size) => total * size, 1);
    const scale = Math.sqrt(gain / inputs);
    return {
      shape: [outputs],
      parameters: [
        {
          name: "weights",
          dims: [outputs, inputs],
          decay: true,
          start: (random) =>
            Float32Array.from({ length: inputs * outputs }, () => random.normal() * scale),
        },
        { name: "bias", dims: [outputs], decay: false, start: () => new Float32Array(outputs) },
      ],
      statistics: [],
      write({ tape, value, own }) {
        const flat = shape.length === 1 ? value : tape.op("Flatten", [value], { axis: 1 });
        const weights = own["weights"] as string;
        const output = tape.op("Gemm", [flat, weights, own["bias"] as string], { transB: 1 });
        return {
          output,
          backward(slope, wantsInput) {
            const parameters = {
              weights: tape.op("Gemm", [slope, flat], { transA: 1 }),
              bias: tape.op("ReduceSum", [slope, tape.ints([0])], { keepdims: 0 }),
            };
            if (!wantsInput) return { parameters };
            const input = tape.op("MatMul", [slope, weights]);
            const back = tape.ints([-1, ...shape]);
            return {
              parameters,
              input: shape.length === 1 ? input : tape.op("Reshape", [input, back]),
            };
          },
        };
      },
    };
  };
}
