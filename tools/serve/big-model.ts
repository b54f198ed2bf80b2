import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  encodeModel,
  float32Tensor,
  model,
  node,
  type Tensor,
  valueInfo,
} from "@plimsoll/inference";

/** What a big model is made of. */
export interface BigModel {
  /** The answer `y` is `x` times this: which version answered can be seen. */
  readonly factor: number;
  /** Size of its weights, MB of 10^6 bytes. */
  readonly megabytes: number;
  /** The weights lie in a file of their own, which the runtime maps; default false. */
  readonly external?: boolean;
}

/**
 * Writes `<name>.onnx`, float32 `x [batch, 2]` to `y [batch, 2]` and a mean `z [batch]` through two layers of the given
 * size, with `metadata.json` beside it, into `dir`.
 */
export async function writeBigModel(dir: string, name: string, big: BigModel): Promise<void> {
  await mkdir(dir, { recursive: true });
  const width = Math.max(2, Math.round(Math.sqrt((big.megabytes * 1e6) / 4)));
  const weights = new Float32Array(width * width);
  // Cheap and not compressible: no two versions share it.
  let state = Math.round(big.factor * 7919) | 1;
  for (let i = 0; i < weights.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    weights[i] = state / 2 ** 31 / width;
  }
  const file = `${name}.onnx.data`;
  const bytes = new Uint8Array(weights.buffer);
  const square: Tensor = {
    name: "square",
    dims: [width, width],
    dataType: 1,
    ...(big.external
      ? {
          dataLocation: 1,
          externalData: [
            { key: "location", value: file },
            { key: "offset", value: "0" },
            { key: "length", value: String(bytes.length) },
          ],
        }
      : { rawData: bytes }),
  };
  const spread = new Float32Array(2 * width).fill(1 / width);
  const onnx = encodeModel(
    model({
      name,
      nodes: [
        node("Mul", ["x", "factor"], ["y"]),
        node("MatMul", ["x", "spread"], ["wide"]),
        node("MatMul", ["wide", "square"], ["deep"]),
        node("ReduceMean", ["deep"], ["z"], { axes: [1], keepdims: 0 }),
      ],
      initializers: [
        float32Tensor("factor", [], [big.factor]),
        float32Tensor("spread", [2, width], spread),
        square,
      ],
      inputs: [valueInfo("x", ["batch", 2])],
      outputs: [valueInfo("y", ["batch", 2]), valueInfo("z", ["batch"])],
    }),
  );
  await writeFile(join(dir, `${name}.onnx`), onnx);
  if (big.external) await writeFile(join(dir, file), bytes);
  await writeFile(join(dir, "metadata.json"), JSON.stringify({ task: "tensor" }));
}
