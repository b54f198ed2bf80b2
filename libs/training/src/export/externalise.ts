import type { Tensor } from "@plimsoll/inference";
import { sha256 } from "@plimsoll/manifest";

/** Smaller tensors stay in the graph: shapes and axes must, and a page of the file is not worth one. */
const smallest = 256;
const alignment = 64;

/** Weights in a file of their own, and the tensors that point to it. */
export interface Externalised {
  readonly tensors: readonly Tensor[];
  /** `<stem>-<first 16 digits of its digest>.bin`; undefined where no tensor is large enough. */
  readonly file?: { readonly name: string; readonly bytes: Uint8Array; readonly sha256: string };
}

/**
 * Moves large tensors to a file whose name is their digest, so that the same weights are the same file in every
 * version. Format: ONNX "External Data".
 */
export function externalise(tensors: readonly Tensor[], stem: string): Externalised {
  const large = tensors.filter(({ rawData }) => (rawData?.byteLength ?? 0) >= smallest);
  if (large.length === 0) return { tensors };
  const offsets = new Map<Tensor, number>();
  let end = 0;
  for (const tensor of large) {
    offsets.set(tensor, end);
    end = Math.ceil((end + (tensor.rawData?.byteLength ?? 0)) / alignment) * alignment;
  }
  const bytes = new Uint8Array(end);
  for (const [tensor, offset] of offsets) bytes.set(tensor.rawData ?? [], offset);
  const digest = sha256(bytes);
  const name = `${stem}-${digest.slice(0, 16)}.bin`;
  return {
    file: { name, bytes, sha256: digest },
    tensors: tensors.map((tensor) => {
      const offset = offsets.get(tensor);
      if (offset === undefined) return tensor;
      const { rawData, ...rest } = tensor;
      return {
        ...rest,
        dataLocation: 1,
        externalData: [
          { key: "location", value: name },
          { key: "offset", value: String(offset) },
          { key: "length", value: String(rawData?.byteLength ?? 0) },
        ],
      };
    }),
  };
}
