import { encodeModel } from "../../onnx/codec.ts";
import { model } from "../../onnx/model.ts";
import { node } from "../../onnx/node.ts";
import { float32Tensor, int64Tensor } from "../../onnx/tensor.ts";
import { valueInfo } from "../../onnx/value-info.ts";

/** What `rectangleDetector` takes. */
export interface RectangleDetectorOptions {
  /** Pixels of both sides; a multiple of 4. Default 160. */
  readonly size?: number;
  /** Names of what is red, green and blue. Default these words. */
  readonly classes?: readonly [string, string, string];
}

const STRIDE = 4;

/**
 * A detector without training: an ONNX file that finds solid red, green and blue rectangles. It has the form of an
 * exported YOLOv8: input `images` `[batch, 3, size, size]`, output `output0` `[batch, 7, (size / 4)²]`, and
 * `metadata_props` like Ultralytics'.
 *
 * Every cell of 4 × 4 pixels counts how many cells of its colour follow each other to its left, right, top and bottom.
 * Filter k of a convolution over n + 1 cells sums its first k, and k - 1 is taken off, so that it gives 1 for a run of k
 * or more and at most 0 else; the sum over all k is the length of the run.
 */
export function rectangleDetector(options: RectangleDetectorOptions = {}): Uint8Array {
  const { size = 160, classes = ["red", "green", "blue"] } = options;
  const side = size / STRIDE;
  const cells = side * side;
  const runs = (["left", "right", "up", "down"] as const).flatMap((direction) => [
    node("Conv", ["colour", `${direction}/W`, "run/b"], [`${direction}/runs`], {
      kernel_shape: kernel(direction, side),
      pads: pads(direction, side),
    }),
    node("Relu", [`${direction}/runs`], [`${direction}/ones`]),
    node("ReduceSum", [`${direction}/ones`, "one"], [`${direction}/length`], { keepdims: 1 }),
  ]);
  return encodeModel(
    model({
      name: "rectangles",
      nodes: [
        node("AveragePool", ["images"], ["small"], {
          kernel_shape: [STRIDE, STRIDE],
          strides: [STRIDE, STRIDE],
        }),
        node("Conv", ["small", "colour/W", "colour/b"], ["distance"], { kernel_shape: [1, 1] }),
        node("Clip", ["distance", "zero", "unit"], ["coloured"]),
        node("Reshape", ["coloured", "each"], ["colour"]),
        ...runs,
        // Centre = own middle + half of (right - left); size = left + right + 1, all times the stride.
        ...extent("x", "left", "right"),
        ...extent("y", "up", "down"),
        node("Concat", ["x/centre", "y/centre", "x/size", "y/size", "colour"], ["each/five"], {
          axis: 1,
        }),
        ...strongest(),
        node("Concat", ["box", "flat/colour"], ["output0"], { axis: 1 }),
      ],
      initializers: [
        float32Tensor(
          "colour/W",
          [3, 3, 1, 1],
          [100, -100, -100, -100, 100, -100, -100, -100, 100],
        ),
        float32Tensor("colour/b", [3], [-50, -50, -50]),
        float32Tensor("zero", [], [0]),
        float32Tensor("unit", [], [1]),
        float32Tensor(
          "run/b",
          [side],
          Float32Array.from({ length: side }, (_, k) => -k),
        ),
        ...(["left", "right", "up", "down"] as const).map((direction) =>
          float32Tensor(
            `${direction}/W`,
            [side, 1, ...kernel(direction, side)],
            runFilters(direction, side),
          ),
        ),
        float32Tensor("half", [], [STRIDE / 2]),
        float32Tensor("stride", [], [STRIDE]),
        float32Tensor("x/middle", [1, 1, 1, side], middles(side)),
        float32Tensor("y/middle", [1, 1, side, 1], middles(side)),
        int64Tensor("one", [1], [1]),
        int64Tensor("each", [4], [-1, 1, side, side]),
        int64Tensor("per/picture", [4], [-1, 3, 5, cells]),
        int64Tensor("four", [2], [4, 1]),
        int64Tensor("scores", [3], [-1, 3, cells]),
      ],
      inputs: [valueInfo("images", ["batch", 3, size, size])],
      outputs: [valueInfo("output0", ["batch", 7, cells])],
      metadata: {
        task: "detect",
        stride: String(STRIDE),
        imgsz: `[${size}, ${size}]`,
        names: `{${classes.map((name, id) => `${id}: '${name}'`).join(", ")}}`,
      },
    }),
  );
}

type Direction = "left" | "right" | "up" | "down";
const isRow = (direction: Direction): boolean => direction === "left" || direction === "right";
const kernel = (direction: Direction, side: number): readonly number[] =>
  isRow(direction) ? [1, side + 1] : [side + 1, 1];

/** Padding [top, left, bottom, right], so that the window starts or ends at the cell itself. */
function pads(direction: Direction, side: number): readonly number[] {
  if (direction === "left") return [0, side, 0, 0];
  if (direction === "right") return [0, 0, 0, side];
  return direction === "up" ? [side, 0, 0, 0] : [0, 0, side, 0];
}

/** Filter k looks at the k + 1 cells next to the cell itself, itself left out. */
function runFilters(direction: Direction, side: number): Float32Array {
  const width = side + 1;
  const filters = new Float32Array(side * width);
  for (let k = 0; k < side; k += 1) {
    for (let step = 1; step <= k + 1; step += 1) {
      const ahead = direction === "right" || direction === "down";
      filters[k * width + (ahead ? step : side - step)] = 1;
    }
  }
  return filters;
}

const middles = (side: number): Float32Array =>
  Float32Array.from({ length: side }, (_, index) => (index + 0.5) * STRIDE);

function extent(axis: "x" | "y", before: Direction, after: Direction): ReturnType<typeof node>[] {
  return [
    node("Sub", [`${after}/length`, `${before}/length`], [`${axis}/lean`]),
    node("Mul", [`${axis}/lean`, "half"], [`${axis}/shift`]),
    node("Add", [`${axis}/shift`, `${axis}/middle`], [`${axis}/centre`]),
    node("Add", [`${after}/length`, `${before}/length`], [`${axis}/others`]),
    node("Add", [`${axis}/others`, "unit"], [`${axis}/cells`]),
    node("Mul", [`${axis}/cells`, "stride"], [`${axis}/size`]),
  ];
}

/** Of the three colours of a cell at most one is 1, so that the sum of box × colour is the box of that colour. */
function strongest(): ReturnType<typeof node>[] {
  return [
    node("Reshape", ["each/five", "per/picture"], ["pictures"]),
    node("Split", ["pictures", "four"], ["boxes", "colours"], { axis: 2 }),
    node("Mul", ["boxes", "colours"], ["boxes/own"]),
    node("ReduceSum", ["boxes/own", "one"], ["box"], { keepdims: 0 }),
    node("Reshape", ["coloured", "scores"], ["flat/colour"]),
  ];
}
