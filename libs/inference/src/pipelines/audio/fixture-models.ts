import { encodeModel } from "../../onnx/codec.ts";
import { model } from "../../onnx/model.ts";
import { node } from "../../onnx/node.ts";
import { float32Tensor, int64Tensor } from "../../onnx/tensor.ts";
import { valueInfo } from "../../onnx/value-info.ts";

const WIDTH = 1024;
const KERNEL = 64;

/** Filters over 64 samples: cosine number k under a Hann window turns k / 2 times, for 64 frequencies, each 16 times. */
const filters = (): Float32Array =>
  Float32Array.from({ length: WIDTH * KERNEL }, (_, at) => {
    const [k, index] = [Math.floor(at / KERNEL) % 64, at % KERNEL];
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / KERNEL);
    return (hann * Math.cos((Math.PI * k * index) / KERNEL)) / KERNEL;
  });

/**
 * A YAMNet-shaped backbone: `waveform` float32 [n] in; embeddings `[patches, 1024]`, scores `[patches, 521]` beside them.
 * A patch is 9,176 samples; every number of an embedding is the mean strength of one frequency.
 */
export function embeddingModel(): Uint8Array {
  return encodeModel(
    model({
      name: "backbone",
      nodes: [
        node("Reshape", ["waveform", "one/channel"], ["wave"]),
        node("Conv", ["wave", "filters"], ["response"], { kernel_shape: [KERNEL], strides: [37] }),
        node("Abs", ["response"], ["strength"]),
        node("AveragePool", ["strength"], ["pooled"], { kernel_shape: [248], strides: [248] }),
        node("Squeeze", ["pooled", "first"], ["columns"]),
        node("Transpose", ["columns"], ["embeddings"], { perm: [1, 0] }),
        node("Slice", ["embeddings", "zero", "count", "second"], ["scores"]),
      ],
      initializers: [
        int64Tensor("one/channel", [3], [1, 1, -1]),
        int64Tensor("first", [1], [0]),
        int64Tensor("zero", [1], [0]),
        int64Tensor("count", [1], [521]),
        int64Tensor("second", [1], [1]),
        float32Tensor("filters", [WIDTH, 1, KERNEL], filters()),
      ],
      inputs: [valueInfo("waveform", ["samples"])],
      outputs: [valueInfo("scores", ["patches", 521]), valueInfo("embeddings", ["patches", WIDTH])],
    }),
  );
}

/** A head: low tones against high ones, from one mean embedding. */
export function headModel(): Uint8Array {
  const weights = Float32Array.from({ length: WIDTH * 2 }, (_, at) => {
    const [k, column] = [Math.floor(at / 2) % 64, at % 2];
    return k < 32 === (column === 0) ? 1 : 0;
  });
  return encodeModel(
    model({
      name: "head",
      nodes: [node("Gemm", ["embedding", "W", "b"], ["logits"])],
      initializers: [float32Tensor("W", [WIDTH, 2], weights), float32Tensor("b", [2], [0, 0])],
      inputs: [valueInfo("embedding", ["batch", WIDTH])],
      outputs: [valueInfo("logits", ["batch", 2])],
      metadata: { labels: '["low", "high"]' },
    }),
  );
}

/** Which half of its input has the larger sum: float32 of `shape` in, two logits out. */
export function halvesModel(
  shape: readonly (number | string)[],
  width: number,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const weights = Float32Array.from({ length: width * 2 }, (_, at) =>
    Math.floor(at / 2) < width / 2 === (at % 2 === 0) ? 1 : 0,
  );
  return encodeModel(
    model({
      name: "halves",
      nodes: [
        node("Reshape", ["x", "rows"], ["flat"]),
        node("Abs", ["flat"], ["size"]),
        node("Gemm", ["size", "W", "b"], ["logits"]),
      ],
      initializers: [
        int64Tensor("rows", [2], [-1, width]),
        float32Tensor("W", [width, 2], weights),
        float32Tensor("b", [2], [0, 0]),
      ],
      inputs: [valueInfo("x", shape)],
      outputs: [valueInfo("logits", ["rows", 2])],
      metadata,
    }),
  );
}
