import { isTextBytes } from "../text/text-bytes.ts";

type Kind = "integer" | "text" | "message";

/** Top-level fields of ModelProto (onnx/onnx.proto, IR version 13). */
const MODEL: ReadonlyMap<number, Kind> = new Map([
  [1, "integer"], // ir_version
  [2, "text"], // producer_name
  [3, "text"], // producer_version
  [4, "text"], // domain
  [5, "integer"], // model_version
  [6, "text"], // doc_string
  [7, "message"], // graph
  [8, "message"], // opset_import
  [14, "message"], // metadata_props
  [20, "message"], // training_info
  [25, "message"], // functions
  [26, "message"], // configuration
]);

/** Fields of GraphProto. */
const GRAPH: ReadonlyMap<number, Kind> = new Map([
  [1, "message"], // node
  [2, "text"], // name
  [5, "message"], // initializer
  [10, "text"], // doc_string
  [11, "message"], // input
  [12, "message"], // output
  [13, "message"], // value_info
  [14, "message"], // quantization_annotation
  [15, "message"], // sparse_initializer
  [16, "message"], // metadata_props
]);

const MAX_IR_VERSION = 1000;

/**
 * True when the bytes read like the beginning of an ONNX model. Protobuf has no magic number: this follows the field tags
 * of ModelProto, wants only fields that it has, with text where text belongs, and both a graph that reads like GraphProto
 * and an IR version or operator set before the bytes end. A model that some tool writes with kilobytes of other fields
 * before its graph is missed; that a file is a whole and valid model only loading it tells.
 */
export function looksLikeOnnx(head: Uint8Array): boolean {
  let version = false;
  let graph = false;
  const whole = walk(head, MODEL, (field, value) => {
    if (field === 1) {
      if (typeof value !== "number" || value < 1 || value > MAX_IR_VERSION) return false;
      version = true;
    }
    if (field === 8) version = true;
    if (field === 7) {
      graph = true;
      let fields = 0;
      const reads = typeof value === "object" && walk(value, GRAPH, () => (fields += 1) > 0);
      return reads && fields > 0;
    }
    return true;
  });
  return whole && version && graph;
}

/** Goes over the fields of a message as far as bytes are here. False as soon as one does not belong. */
function walk(
  bytes: Uint8Array,
  fields: ReadonlyMap<number, Kind>,
  visit: (field: number, value: number | Uint8Array) => boolean,
): boolean {
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === "cut") return true;
    if (tag === "wrong") return false;
    const kind = fields.get(Math.floor(tag.value / 8));
    if (kind === undefined || tag.value % 8 !== (kind === "integer" ? 0 : 2)) return false;
    const number = readVarint(bytes, tag.end);
    if (number === "cut") return true;
    if (number === "wrong") return false;
    const field = Math.floor(tag.value / 8);
    if (kind === "integer") {
      if (!visit(field, number.value)) return false;
      at = number.end;
      continue;
    }
    const end = number.end + number.value;
    const body = bytes.subarray(number.end, end);
    if (kind === "text" && !isTextBytes(body, end > bytes.length)) return false;
    if (!visit(field, body)) return false;
    at = end;
  }
  return true;
}

function readVarint(
  bytes: Uint8Array,
  from: number,
): { readonly value: number; readonly end: number } | "cut" | "wrong" {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[from + index];
    if (byte === undefined) return "cut";
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: from + index + 1 };
  }
  return "wrong";
}
