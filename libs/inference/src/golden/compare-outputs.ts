import { tensorValues } from "../pipelines/tensor-values.ts";
import type { Detection, ModelOutput } from "../prediction.ts";
import type { NamedTensor } from "../tensor.ts";
import type { GoldenTolerance } from "./golden.ts";

type Of<Kind extends ModelOutput["kind"]> = Extract<ModelOutput, { kind: Kind }>;

const floating: ReadonlySet<string> = new Set(["FP16", "FP32", "FP64"]);

function bytesDiffer(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength !== b.byteLength || a.some((byte, index) => byte !== b[index]);
}

function tensorDifference(
  expected: NamedTensor,
  actual: NamedTensor | undefined,
  { absolute, relative }: GoldenTolerance,
): string | undefined {
  const { name, type, shape } = expected;
  if (actual === undefined) return `output ${name} is missing`;
  if (actual.type !== type || actual.shape.join() !== shape.join()) {
    return `output ${name} is ${actual.type} [${actual.shape.join(", ")}], not ${type} [${shape.join(", ")}]`;
  }
  if (!("byteLength" in expected.data) || !("byteLength" in actual.data)) {
    const [a, b] = [[...expected.data], [...actual.data]];
    const at = a.findIndex((text, index) => text !== b[index]);
    return at < 0 ? undefined : `output ${name}[${at}] is another text`;
  }
  if (!floating.has(type)) {
    return bytesDiffer(expected.data, actual.data) ? `output ${name} differs` : undefined;
  }
  const [a, b] = [tensorValues(expected), tensorValues(actual)];
  for (let at = 0; at < a.length; at += 1) {
    const [due, got] = [a[at] ?? NaN, b[at] ?? NaN];
    if (!(Math.abs(due - got) <= absolute + relative * Math.abs(due))) {
      return `output ${name}[${at}] is ${got}, not ${due}`;
    }
  }
  return undefined;
}

function classDifference(
  expected: Of<"classification">,
  actual: Of<"classification">,
  { absolute }: GoldenTolerance,
): string | undefined {
  if (expected.predictedClass !== actual.predictedClass) {
    return `the class is ${actual.predictedClass}, not ${expected.predictedClass}`;
  }
  for (const [name, due] of Object.entries(expected.probabilities)) {
    const got = actual.probabilities[name];
    if (got === undefined || !(Math.abs(due - got) <= absolute)) {
      return `the probability of ${name} is ${got ?? "missing"}, not ${due}`;
    }
  }
  return undefined;
}

function sameDetection(a: Detection, b: Detection, { absolute, pixels }: GoldenTolerance): boolean {
  const edges = ["x1", "y1", "x2", "y2"] as const;
  return (
    a.class === b.class &&
    Math.abs(a.confidence - b.confidence) <= absolute &&
    edges.every((edge) => Math.abs(a.box[edge] - b.box[edge]) <= pixels)
  );
}

function detectionDifference(
  expected: Of<"detections">,
  actual: Of<"detections">,
  tolerance: GoldenTolerance,
): string | undefined {
  const [due, got] = [expected.detections.length, actual.detections.length];
  if (due !== got) return `${got} detections, not ${due}`;
  const left = [...actual.detections];
  for (const wanted of expected.detections) {
    const at = left.findIndex((each) => sameDetection(wanted, each, tolerance));
    if (at < 0) return `no ${wanted.class} of confidence ${wanted.confidence} where it was`;
    left.splice(at, 1);
  }
  return undefined;
}

/** The first difference of an answer from the expected one; undefined within the tolerance. */
export function compareOutputs(
  expected: ModelOutput,
  actual: ModelOutput,
  tolerance: GoldenTolerance,
): string | undefined {
  if (expected.kind === "tensors" && actual.kind === "tensors") {
    for (const tensor of expected.tensors) {
      const other = actual.tensors.find(({ name }) => name === tensor.name);
      const difference = tensorDifference(tensor, other, tolerance);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (expected.kind === "classification" && actual.kind === "classification") {
    return classDifference(expected, actual, tolerance);
  }
  if (expected.kind === "detections" && actual.kind === "detections") {
    return detectionDifference(expected, actual, tolerance);
  }
  return `the answer is ${actual.kind}, not ${expected.kind}`;
}
