import type { NamedTensor, Prediction } from "@plimsoll/inference";
import { ServerError } from "../error.ts";
import { packStrings } from "./byte-strings.ts";
import { elementsText } from "./elements.ts";
import type { InferWish } from "./read-infer.ts";

export interface InferAnswer {
  readonly body: Buffer;
  /** Bytes of JSON at its beginning, where binary data follow. */
  readonly headerLength?: number;
}

const nonFinite = (name: string): ServerError =>
  new ServerError("E_BUG", 500, `output ${JSON.stringify(name)} is not finite`);

function dataText({ name, type, data }: NamedTensor): string {
  if (type === "BYTES") return JSON.stringify(data);
  const text = data instanceof Uint8Array ? elementsText(type, data) : undefined;
  if (text === undefined) throw nonFinite(name);
  return text;
}

const bytesOf = ({ data }: NamedTensor): Uint8Array =>
  data instanceof Uint8Array ? data : packStrings(data);

/** An answer of the protocol: JSON, and behind it the outputs that were wanted as binary data. */
export function writeInfer(
  prediction: Prediction,
  tensors: readonly NamedTensor[],
  wish: Pick<InferWish, "id" | "isBinary">,
): InferAnswer {
  const binary: Uint8Array[] = [];
  const outputs = tensors.map((tensor) => {
    const { name, type, shape } = tensor;
    const facts = `"name":${JSON.stringify(name)},"datatype":"${type}","shape":[${shape.join(",")}]`;
    if (!wish.isBinary(name)) return `{${facts},"data":${dataText(tensor)}}`;
    const bytes = bytesOf(tensor);
    binary.push(bytes);
    return `{${facts},"parameters":{"binary_data_size":${bytes.length}}}`;
  });
  const { model, version } = prediction;
  const id = wish.id === undefined ? "" : `,"id":${JSON.stringify(wish.id)}`;
  const json = Buffer.from(
    `{"model_name":${JSON.stringify(model)},"model_version":${JSON.stringify(version)}${id},"outputs":[${outputs.join(",")}]}`,
  );
  if (binary.length === 0) return { body: json };
  return { body: Buffer.concat([json, ...binary]), headerLength: json.length };
}
