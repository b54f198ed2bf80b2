import type { Facts, OnnxFacts } from "@plimsoll/manifest";
import { oneLine } from "./text/one-line.ts";

/** Most data types that are listed. */
const maxTypes = 5;

/** `3.2 million`, `44,850`. */
function amount(number: number): string {
  for (const [size, word] of [
    [1e9, "billion"],
    [1e6, "million"],
  ] as const) {
    if (number >= size) return `${Number((number / size).toPrecision(3))} ${word}`;
  }
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

type Value = OnnxFacts["inputs"][number];

/** `images float32 [1, 3, 640, 640]`. */
function valueText({ name, dtype, shape }: Value): string {
  const axes = shape?.map((axis) => (axis === null ? "?" : oneLine(String(axis), 40))).join(", ");
  return `${oneLine(name, 80)} ${dtype}${axes === undefined ? "" : ` [${axes}]`}`;
}

/** What a file says about itself, as label and text; made of headers alone. */
export function factsText({ parameters, tensors, dtypes, metadata, onnx }: Facts): string[][] {
  const rows: string[][] = [];
  if (parameters !== undefined) {
    const held = tensors === undefined ? "" : ` in ${amount(tensors)} tensors`;
    rows.push(["parameters", amount(parameters) + held]);
  }
  const types = Object.entries(dtypes ?? {});
  if (types.length > 0) {
    const named = types.slice(0, maxTypes).map(([type, number]) => `${type} ${amount(number)}`);
    rows.push(["data types", named.join(", ") + (types.length > maxTypes ? ", …" : "")]);
  }
  if (onnx) {
    rows.push(...onnx.inputs.map((input) => ["input", valueText(input)]));
    rows.push(...onnx.outputs.map((output) => ["output", valueText(output)]));
    const opsets = Object.entries(onnx.opsets).map(
      ([domain, version]) => `${oneLine(domain || "ai.onnx", 60)} ${version}`,
    );
    rows.push(["opset", `${opsets.join(", ")}; IR ${onnx.irVersion}`]);
    if (onnx.producer !== "") rows.push(["made by", oneLine(onnx.producer, 100)]);
    if (onnx.externalData.length > 0) {
      rows.push(["data in", onnx.externalData.map((name) => oneLine(name, 100)).join(", ")]);
    }
  }
  for (const [key, value] of Object.entries(metadata ?? {}).slice(0, 20)) {
    rows.push([oneLine(key, 40), oneLine(value, 120)]);
  }
  return rows;
}
