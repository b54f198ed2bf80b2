import type { LayerMaker } from "./layer.ts";

/**
 * A 3 × 3 convolution without bias (batch normalisation follows) over `[channels, height, width]`, padded by 1.
 *
 * Backwards: by the input it is a transposed convolution with the same weights; by the weights it is a product of the
 * input, laid out in nine shifted copies, with the slope: three times faster here than a convolution with swapped axes.
 */
export function conv(outputs: number, stride: 1 | 2 = 1): LayerMaker {
  return (shape) => {
    const [inputs = 1, height = 1, width = 1] = shape;
    const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
    const scale = Math.sqrt(2 / (inputs * 9));
    const window = { pads: [1, 1, 1, 1], strides: [stride, stride], kernel_shape: [3, 3] };
    return {
      shape: [outputs, rows, columns],
      parameters: [
        {
          name: "weights",
          dims: [outputs, inputs, 3, 3],
          decay: true,
          start: (random) =>
            Float32Array.from({ length: outputs * inputs * 9 }, () => random.normal() * scale),
        },
      ],
      statistics: [],
      write({ tape, value, own }) {
        const weights = own["weights"] as string;
        return {
          output: tape.op("Conv", [value, weights], window),
          backward(slope, wantsInput) {
            const channelsFirst = tape.op("Transpose", [value], { perm: [1, 0, 2, 3] });
            const padded = tape.op("Pad", [channelsFirst, tape.ints([0, 0, 1, 1, 0, 0, 1, 1])]);
            const shifted: string[] = [];
            for (let y = 0; y < 3; y += 1) {
              for (let x = 0; x < 3; x += 1) {
                const from = tape.ints([y, x]);
                const to = tape.ints([y + (rows - 1) * stride + 1, x + (columns - 1) * stride + 1]);
                const steps = tape.ints([stride, stride]);
                shifted.push(tape.op("Slice", [padded, from, to, tape.ints([2, 3]), steps]));
              }
            }
            const columnsOf = tape.op("Reshape", [
              tape.op("Concat", shifted, { axis: 0 }),
              tape.ints([9 * inputs, -1]),
            ]);
            const slopeRows = tape.op("Reshape", [
              tape.op("Transpose", [slope], { perm: [0, 2, 3, 1] }),
              tape.ints([-1, outputs]),
            ]);
            const product = tape.op("MatMul", [columnsOf, slopeRows]);
            const parameters = {
              weights: tape.op(
                "Transpose",
                [tape.op("Reshape", [product, tape.ints([3, 3, inputs, outputs])])],
                { perm: [3, 2, 0, 1] },
              ),
            };
            if (!wantsInput) return { parameters };
            if (stride === 1) {
              const turned = tape.op("Slice", [
                tape.op("Transpose", [weights], { perm: [1, 0, 2, 3] }),
                tape.ints([-1, -1]),
                tape.ints([-4, -4]),
                tape.ints([2, 3]),
                tape.ints([-1, -1]),
              ]);
              return { parameters, input: tape.op("Conv", [slope, turned], window) };
            }
            const missing = [height - 1 - (rows - 1) * stride, width - 1 - (columns - 1) * stride];
            const input = tape.op("ConvTranspose", [slope, weights], {
              ...window,
              output_padding: missing,
            });
            return { parameters, input };
          },
        };
      },
    };
  };
}
