import { InferenceError } from "../error.ts";
import type { NamedTensor, TensorInfo } from "../tensor.ts";
import { floatTensor, tensorValues } from "./tensor-values.ts";

/** One ONNX file of a version: a whole model, or one of two that run one after the other. */
export interface ModelStage {
  /** Its file's name. */
  readonly name: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/** A stage that can be run. */
export interface RunnableStage extends ModelStage {
  run(feeds: readonly NamedTensor[], wanted?: readonly string[]): Promise<readonly NamedTensor[]>;
}

const widthOf = ({ shape }: TensorInfo): number => shape.at(-1) ?? -1;
const isFloat32 = ({ type }: TensorInfo): boolean => type === "FP32";

/** The output of `first` that goes into `next`: as wide as its input, the one called an embedding before others. */
function link(first: ModelStage, next: ModelStage): TensorInfo | undefined {
  const [input, ...others] = next.inputs;
  if (input === undefined || others.length > 0 || !isFloat32(input)) return undefined;
  if (input.shape.length > 2 || widthOf(input) < 1) return undefined;
  const fitting = first.outputs.filter(
    (output) => isFloat32(output) && output.shape.length >= 1 && widthOf(output) === widthOf(input),
  );
  return fitting.find(({ name }) => /embed/i.test(name)) ?? fitting[0];
}

/**
 * Brings the ONNX files of one version into the order in which they run. Two files are a backbone that gives embeddings,
 * such as YAMNet's `[patches, 1024]`, and a head that takes one of them; one file stays as it is.
 *
 * @throws InferenceError `E_MODEL` where two do not fit together, fit both ways, or there are more.
 */
export function orderStages<Stage extends ModelStage>(stages: readonly Stage[]): readonly Stage[] {
  const [a, b, ...others] = stages;
  if (a === undefined || b === undefined) return stages;
  const [forth, back] = [link(a, b) !== undefined, link(b, a) !== undefined];
  if (others.length === 0 && forth !== back) return forth ? [a, b] : [b, a];
  const names = stages.map(({ name }) => name).join(", ");
  throw new InferenceError(
    "E_MODEL",
    `${names}: one ONNX file, or embeddings and a head that takes them, are expected: name the file to load in the metadata's main`,
  );
}

/**
 * What the first stage gave as what the next takes: the mean of the embeddings over all rows, `[1, width]`, so that a
 * sound of any length is one row.
 *
 * @throws InferenceError `E_OUTPUT` where the output is missing or not finite.
 */
export function linkStages(
  outputs: readonly NamedTensor[],
  first: ModelStage,
  next: ModelStage,
): readonly NamedTensor[] {
  const [input] = next.inputs;
  const name = link(first, next)?.name;
  const embeddings = outputs.find((output) => output.name === name);
  if (input === undefined || embeddings === undefined) {
    throw new InferenceError("E_OUTPUT", `${first.name} gave no embeddings for ${next.name}`);
  }
  const values = tensorValues(embeddings);
  const width = widthOf(input);
  const rows = values.length / width;
  const mean = new Float32Array(width);
  for (let column = 0; column < width; column += 1) {
    let sum = 0;
    for (let row = 0; row < rows; row += 1) sum += values[row * width + column] ?? 0;
    mean[column] = sum / rows;
  }
  if (rows < 1 || !mean.every(Number.isFinite)) {
    throw new InferenceError("E_OUTPUT", `output ${embeddings.name}: a number is not finite`);
  }
  return [floatTensor(input.name, input.shape.length === 1 ? [width] : [1, width], mean)];
}

/** Loaded stages as one model: what the first takes, what the last gives. One stage stays as it is. */
export function chainStages(stages: readonly RunnableStage[]): RunnableStage {
  const [first, next] = orderStages(stages);
  if (first === undefined) throw new InferenceError("E_MODEL", "no ONNX file to run");
  if (next === undefined) return first;
  const embeddings = link(first, next)?.name;
  return {
    name: next.name,
    inputs: first.inputs,
    outputs: next.outputs,
    run: async (feeds, wanted) =>
      next.run(
        linkStages(
          await first.run(feeds, embeddings === undefined ? undefined : [embeddings]),
          first,
          next,
        ),
        wanted,
      ),
  };
}
