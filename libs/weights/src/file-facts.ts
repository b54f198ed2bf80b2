import {
  type Facts,
  type JsonObject,
  type JsonValue,
  parseJson,
  readFacts,
  type Task,
  tasks,
} from "@plimsoll/manifest";
import { withRandomAccess } from "./scan-weight-file.ts";

/** Tasks as Ultralytics calls them in the metadata of the models that it exports. */
const ultralytics: Readonly<Record<string, Task>> = {
  detect: "object-detection",
  classify: "image-classification",
};
const maxClasses = 10_000;
/** Of inputs or outputs: more say nothing to a person. */
const maxValues = 32;

/**
 * What a weight file says about itself, for the metadata of its version: `facts` (parameters, data types, opset, inputs
 * and outputs), and the task and classes that its writer put in. Headers only. Empty for what is no format with a header,
 * and for what breaks its format: whether that may be published the scan has said.
 */
export async function fileFacts(path: string, name: string): Promise<JsonObject> {
  const facts = await withRandomAccess(path, (file) => readFacts(file, { name })).catch(
    (error: { readonly code?: string }) => {
      if (error.code !== "E_SCAN") throw error;
      return undefined;
    },
  );
  if (facts?.parameters === undefined) return {};
  const { metadata = {} } = facts;
  const task = taskOf(metadata["task"]);
  const classes = classesOf(metadata["names"] ?? metadata["labels"] ?? metadata["classes"]);
  return {
    ...(task && { task }),
    ...(classes && { classes }),
    facts: described(facts),
  };
}

function described({ format, parameters, tensors, dtypes, onnx }: Facts): JsonObject {
  return {
    format,
    ...(parameters !== undefined && { parameters }),
    ...(tensors !== undefined && { tensors }),
    ...(dtypes && { dtypes: { ...dtypes } }),
    ...(onnx && {
      opset: onnx.opsets["ai.onnx"] ?? onnx.opsets[""] ?? null,
      ir_version: onnx.irVersion,
      inputs: onnx.inputs.slice(0, maxValues).map(value),
      outputs: onnx.outputs.slice(0, maxValues).map(value),
    }),
  };
}

type OnnxValue = NonNullable<Facts["onnx"]>["inputs"][number];

const value = ({ name, dtype, shape }: OnnxValue): JsonObject => ({
  name,
  dtype,
  ...(shape && { shape: [...shape] }),
});

function taskOf(text: string | undefined): Task | undefined {
  const named = tasks.find((task) => task === text);
  return (
    named ??
    (text !== undefined && Object.hasOwn(ultralytics, text) ? ultralytics[text] : undefined)
  );
}

/** Names of classes from a JSON array of texts, or from the dictionary that Python prints: `{0: 'person', 1: 'bus'}`. */
function classesOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text.length > 1024 * 1024) return undefined;
  if (text.startsWith("[")) return textsIn(text);
  const entries = [...text.matchAll(/(\d+): (?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)];
  const names = entries.map(([, , single, double]) =>
    (single ?? double ?? "").replace(/\\(.)/g, "$1"),
  );
  const isInOrder = entries.every(([, index], at) => Number(index) === at);
  return isInOrder && names.length > 0 && names.length <= maxClasses ? names : undefined;
}

function textsIn(text: string): readonly string[] | undefined {
  let json: JsonValue;
  try {
    json = parseJson(Buffer.from(text), { maxDepth: 2 });
  } catch {
    return undefined;
  }
  if (!Array.isArray(json) || json.length > maxClasses) return undefined;
  const names = json.filter((each) => typeof each === "string");
  return names.length === json.length && names.length > 0 ? names : undefined;
}
