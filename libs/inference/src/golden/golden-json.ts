import type { JsonObject, JsonValue } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import type { ModelInput } from "../model-input.ts";
import type { Detection, ModelOutput } from "../prediction.ts";
import { type Golden, goldenTolerance } from "./golden.ts";
import { fromBase64, tensorFromJson, tensorToJson } from "./tensor-json.ts";

/** Version of the format, docs/protocol/golden.md. */
const format = 1;

const refuse = (why: string): InferenceError =>
  new InferenceError("E_GOLDEN", `golden: ${why}: record it again`);

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function objects(value: JsonValue | undefined, what: string): readonly JsonObject[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw refuse(`a list of ${what} expected`);
  return value;
}

function inputFromJson(json: JsonObject): ModelInput {
  const { kind, text, base64, tensors } = json;
  switch (kind) {
    case "tensors":
      return { kind, tensors: objects(tensors, "tensors").map(tensorFromJson) };
    case "text":
      if (typeof text === "string") return { kind, text };
      throw refuse("a text expected");
    case "image":
    case "audio":
      return { kind, bytes: fromBase64(base64) };
    default:
      throw refuse("the kind of an input is tensors, image, audio or text");
  }
}

function inputToJson(input: ModelInput): JsonObject {
  switch (input.kind) {
    case "tensors":
      return { kind: input.kind, tensors: input.tensors.map(tensorToJson) };
    case "text":
      return { kind: input.kind, text: input.text };
    default:
      return { kind: input.kind, base64: Buffer.from(input.bytes).toString("base64") };
  }
}

function detection(json: JsonObject): Detection {
  const { class: name, class_id: classId, confidence, box } = json;
  const edges = Array.isArray(box) ? box : [];
  const [x1, y1, x2, y2] = edges;
  const fits =
    typeof name === "string" &&
    typeof classId === "number" &&
    typeof confidence === "number" &&
    typeof x1 === "number" &&
    typeof y1 === "number" &&
    typeof x2 === "number" &&
    typeof y2 === "number";
  if (!fits) throw refuse("a detection has a class, a class_id, a confidence and a box of four");
  return { class: name, classId, confidence, box: { x1, y1, x2, y2 } };
}

function outputFromJson(json: JsonObject): ModelOutput {
  const { kind } = json;
  if (kind === "tensors") {
    return { kind, tensors: objects(json["tensors"], "tensors").map(tensorFromJson) };
  }
  if (kind === "detections") {
    const detections = objects(json["detections"], "detections").map(detection);
    const [width, height] = Array.isArray(json["image"]) ? json["image"] : [];
    if (typeof width === "number" && typeof height === "number") {
      return { kind, detections, image: { width, height } };
    }
    throw refuse("width and height of the image expected");
  }
  const { predicted_class: predictedClass, confidence, probabilities } = json;
  const shares = isObject(probabilities) ? Object.entries(probabilities) : [];
  const numbers = shares.flatMap(([name, share]) =>
    typeof share === "number" ? [[name, share] as const] : [],
  );
  if (
    kind !== "classification" ||
    typeof predictedClass !== "string" ||
    typeof confidence !== "number" ||
    numbers.length !== shares.length
  ) {
    throw refuse("the kind of an output is tensors, detections or classification");
  }
  return { kind, predictedClass, confidence, probabilities: Object.fromEntries(numbers) };
}

function outputToJson(output: ModelOutput): JsonObject {
  switch (output.kind) {
    case "tensors":
      return { kind: output.kind, tensors: output.tensors.map(tensorToJson) };
    case "detections":
      return {
        kind: output.kind,
        detections: output.detections.map(({ class: name, classId, confidence, box }) => ({
          class: name,
          class_id: classId,
          confidence,
          box: [box.x1, box.y1, box.x2, box.y2],
        })),
        image: [output.image.width, output.image.height],
      };
    default: {
      const { kind, predictedClass, confidence, probabilities } = output;
      return {
        kind,
        predicted_class: predictedClass,
        confidence,
        probabilities: { ...probabilities },
      };
    }
  }
}

/**
 * Reads `golden` of a model's metadata.
 *
 * @throws InferenceError `E_GOLDEN` when it is not of the format.
 */
export function goldenFromJson(json: JsonObject): Golden {
  if (json["format"] !== format) throw refuse(`format ${format} expected`);
  const given = json["tolerance"];
  const said = isObject(given) ? given : {};
  const limit = (name: keyof Golden["tolerance"]): number => {
    const value = said[name] ?? goldenTolerance[name];
    if (typeof value === "number" && value >= 0) return value;
    throw refuse(`tolerance.${name}: a number of at least 0 expected`);
  };
  const cases = objects(json["cases"], "cases").map(({ input, output }) => {
    if (!isObject(input) || !isObject(output)) throw refuse("a case has an input and an output");
    return { input: inputFromJson(input), output: outputFromJson(output) };
  });
  const tolerance = {
    absolute: limit("absolute"),
    relative: limit("relative"),
    pixels: limit("pixels"),
  };
  return { tolerance, cases };
}

/** `golden` for a model's metadata. */
export function goldenToJson({ tolerance, cases }: Golden): JsonObject {
  return {
    format,
    tolerance: { ...tolerance },
    cases: cases.map(({ input, output }) => ({
      input: inputToJson(input),
      output: outputToJson(output),
    })),
  };
}
