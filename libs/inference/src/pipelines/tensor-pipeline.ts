import { InferenceError } from "../error.ts";
import type { NamedTensor, TensorInfo } from "../tensor.ts";
import type { Pipeline } from "./pipeline.ts";
import { elementBytes, elementCount, isFiniteTensor } from "./tensor-values.ts";

/** At most this many dimensions in a shape that a request names. */
const MAX_RANK = 16;

/**
 * Tensors in, tensors out: checks names, types, shapes, lengths and that every number is finite, then feeds them as
 * they are (row V11). Errors name the tensor and what the model declares.
 */
export function tensorPipeline(
  inputs: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
): Pipeline {
  return {
    accepts: ["tensors"],
    prepare(input) {
      return Promise.resolve().then(() => {
        if (input.kind !== "tensors") {
          throw new InferenceError("E_MEDIA", `this model takes tensors, got ${input.kind}`);
        }
        for (const wanted of input.outputs ?? []) {
          if (!outputs.some(({ name }) => name === wanted)) {
            throw refuse(`output ${quote(wanted)} is none of ${names(outputs)}`);
          }
        }
        const given = new Map<string, NamedTensor>();
        for (const tensor of input.tensors) {
          if (given.has(tensor.name)) throw refuse(`input ${quote(tensor.name)} is there twice`);
          given.set(tensor.name, tensor);
        }
        for (const name of given.keys()) {
          if (!inputs.some((info) => info.name === name)) {
            throw refuse(`input ${quote(name)} is none of ${names(inputs)}`);
          }
        }
        const feeds = inputs.map((info) => {
          const tensor = given.get(info.name);
          if (tensor === undefined) throw refuse(`input ${quote(info.name)} is missing`);
          checkTensor(tensor, info);
          return tensor;
        });
        return { feeds, state: undefined };
      });
    },
    finish(results, _state, _config, input) {
      const wanted = input.kind === "tensors" ? input.outputs : undefined;
      const tensors =
        wanted === undefined || wanted.length === 0
          ? results
          : results.filter(({ name }) => wanted.includes(name));
      return { kind: "tensors", tensors };
    },
  };
}

/** Throws `E_INPUT` unless the tensor is what the model declares. */
export function checkTensor(tensor: NamedTensor, info: TensorInfo): void {
  const { data, shape, type } = tensor;
  const name = `input ${quote(tensor.name)}`;
  if (type !== info.type) throw refuse(`${name}: ${info.type} expected, got ${type}`);
  const declared = `[${info.shape.join(", ")}]`;
  if (shape.length > MAX_RANK || shape.length !== info.shape.length) {
    throw refuse(`${name}: shape ${declared} expected, got ${shape.length} dimensions`);
  }
  shape.forEach((size, axis) => {
    const expected = info.shape[axis] ?? -1;
    if (!Number.isSafeInteger(size) || size < 1 || (expected >= 0 && size !== expected)) {
      throw refuse(`${name}: shape ${declared} expected, got [${shape.map(Number).join(", ")}]`);
    }
  });
  const count = elementCount(shape);
  const isText = !("byteLength" in data);
  if ((type === "BYTES") !== isText) {
    throw refuse(`${name}: ${type === "BYTES" ? "texts" : "bytes"} expected`);
  }
  const length = isText ? data.length : data.byteLength;
  const due = type === "BYTES" ? count : count * elementBytes[type];
  if (length !== due) {
    const unit = isText ? "texts" : "bytes";
    throw refuse(`${name}: shape [${shape.join(", ")}] needs ${due} ${unit}, got ${length}`);
  }
  if (!isFiniteTensor(tensor)) throw refuse(`${name}: a number is not finite`);
}

const refuse = (message: string): InferenceError => new InferenceError("E_INPUT", message);
const names = (list: readonly TensorInfo[]): string =>
  list.map(({ name }) => quote(name)).join(", ");
const quote = (text: string): string => JSON.stringify(text.slice(0, 100));
