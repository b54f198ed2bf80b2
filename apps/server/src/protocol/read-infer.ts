import type { NamedTensor } from "@plimsoll/inference";
import { type BinaryRest, type Fields, isFields, readTensor } from "./read-tensor.ts";
import { refused } from "./refused.ts";

/** What a client of `infer` wants. */
export interface InferWish {
  readonly id?: string;
  readonly tensors: readonly NamedTensor[];
  /** Names of the outputs; all where absent. */
  readonly outputs?: readonly string[];
  /** Whether an output is wanted as binary data. */
  readonly isBinary: (output: string) => boolean;
}

const maxTensors = 1_000;

/** The JSON, and the bytes behind it. */
function split(body: Uint8Array, header: string | undefined, maxJsonBytes: number) {
  let length = body.length;
  if (header !== undefined) {
    length = /^\d{1,15}$/.test(header) ? Number(header) : NaN;
    if (!(length <= body.length)) {
      throw refused("Inference-Header-Content-Length: not a number of bytes of this body");
    }
  }
  if (length > maxJsonBytes) {
    throw refused(`at most ${maxJsonBytes} bytes of JSON are taken: send binary data`);
  }
  return { json: body.subarray(0, length), binary: body.subarray(length) };
}

function parse(json: Uint8Array): Fields {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    throw refused("the body is no JSON in UTF-8");
  }
  if (!isFields(value)) throw refused("the body must be a JSON object");
  return value;
}

function outputsOf(wanted: unknown): ReadonlyMap<string, unknown> | undefined {
  if (wanted === undefined) return undefined;
  if (!Array.isArray(wanted) || wanted.length > maxTensors) throw refused("outputs: not an array");
  const outputs = new Map<string, unknown>();
  for (const output of wanted as readonly unknown[]) {
    const name = isFields(output) ? output["name"] : undefined;
    if (typeof name !== "string" || outputs.has(name)) {
      throw refused("outputs: each needs a name of its own");
    }
    const { parameters } = output as Fields;
    if (isFields(parameters) && parameters["classification"] !== undefined) {
      throw refused("outputs: the classification extension is not served");
    }
    outputs.set(name, isFields(parameters) ? parameters["binary_data"] : undefined);
  }
  // An empty list asks for everything, as in the protocol's other servers.
  return outputs.size === 0 ? undefined : outputs;
}

/**
 * Reads a request of the Open Inference Protocol v2 (`docs/predict_api_v2`), with its binary tensor extension.
 *
 * @throws ServerError 400 with what is wrong.
 */
export function readInfer(
  body: Uint8Array,
  headerLength: string | undefined,
  maxJsonBytes: number,
): InferWish {
  const { json, binary } = split(body, headerLength, maxJsonBytes);
  const { id, inputs, outputs: wanted, parameters } = parse(json);
  if (id !== undefined && (typeof id !== "string" || id.length > 1_000)) {
    throw refused("id: not a text");
  }
  if (!Array.isArray(inputs) || inputs.length === 0 || inputs.length > maxTensors) {
    throw refused("inputs: an array with at least one tensor is wanted");
  }
  let at = 0;
  const rest: BinaryRest = {
    take(size) {
      if (at + size > binary.length) return undefined;
      at += size;
      return binary.subarray(at - size, at);
    },
  };
  const tensors = inputs.map((input) => readTensor(input, rest));
  if (at !== binary.length) throw refused(`${binary.length - at} binary bytes belong to no input`);
  if (new Set(tensors.map(({ name }) => name)).size !== tensors.length) {
    throw refused("inputs: two have the same name");
  }
  const outputs = outputsOf(wanted);
  const allBinary = isFields(parameters) && parameters["binary_data_output"] === true;
  return {
    ...(id !== undefined && { id }),
    tensors,
    ...(outputs !== undefined && { outputs: [...outputs.keys()] }),
    isBinary: (name) => {
      const asked = outputs?.get(name);
      return typeof asked === "boolean" ? asked : allBinary;
    },
  };
}
