import type { Format } from "./format.ts";
import { isLfsPointer } from "./lfs-pointer.ts";
import { looksLikeOnnx } from "./onnx-head.ts";
import { isTextBytes } from "../text/text-bytes.ts";
import { isZip, zipNames } from "./zip-names.ts";

/** How many bytes from the beginning of a file `detectFormat` wants; fewer only if the file has no more. */
export const formatHeadBytes = 4096;
/** How many bytes from the end help it with zip files; fewer only if the file has no more. */
export const formatTailBytes = 131_072;

/** torch.save before 1.6: a pickle (protocol 2) of the number 0x1950a86a20f9469cfc6c, then STOP. */
const TORCH_LEGACY = [
  0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
];
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const NPY = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const GGUF = [0x47, 0x47, 0x55, 0x46];
/** An HDF5 superblock may stand behind a user block of any of these sizes (HDF5 file format, II.A). */
const HDF5_OFFSETS = [0, 512, 1024, 2048];
/** Of a safetensors header; the reference reader has the same cap. */
const MAX_SAFETENSORS_HEADER = 100_000_000;

/**
 * What a file is by its bytes, never by its name. `head` is its beginning (`formatHeadBytes`), `tail` its end
 * (`formatTailBytes`): without the tail a zip file is known only if its first entries tell. ONNX has no magic number, see
 * `looksLikeOnnx`. An empty file and whatever has no name here are "unknown".
 */
export function detectFormat(
  head: Uint8Array,
  options: { readonly tail?: Uint8Array } = {},
): Format {
  if (head.length === 0) return "unknown";
  if (isLfsPointer(head)) return "git-lfs-pointer";
  if (startsWith(head, GGUF)) return "gguf";
  if (startsWith(head, NPY)) return "npy";
  if (HDF5_OFFSETS.some((offset) => startsWith(head.subarray(offset), HDF5))) return "hdf5";
  if (isZip(head)) return zipFormat(zipNames(head, options.tail));
  if (startsWith(head, TORCH_LEGACY)) return "pytorch-legacy";
  // First of the two: a header of 640 bytes begins a safetensors file as protocol 2 begins a pickle.
  if (isSafetensors(head)) return "safetensors";
  if (isPickle(head)) return "pickle";
  if (looksLikeOnnx(head)) return "onnx";
  return textFormat(head);
}

/** A pickle inside wins, wherever its name stands: it is what runs code when it is loaded. */
export function zipFormat(names: readonly string[]): Format {
  const files = names.filter((name) => !name.endsWith("/"));
  const has = (name: string): boolean => files.includes(name);
  if (files.some((name) => name === "data.pkl" || name.endsWith("/data.pkl"))) return "pytorch-zip";
  if (has("model.weights.h5") || (has("config.json") && has("metadata.json"))) return "keras";
  if (files.length > 0 && files.every((name) => name.endsWith(".npy"))) return "npz";
  return "unknown";
}

/** Pickles of protocol 2 to 5 begin with PROTO; older ones begin with nothing that tells. */
function isPickle(head: Uint8Array): boolean {
  const [proto, version, opcode] = head;
  if (proto !== 0x80 || version === undefined || version < 2 || version > 5) return false;
  // From protocol 4 on a FRAME follows, unless the pickle is tiny.
  return opcode !== undefined && (version < 4 || opcode === 0x95 || head.length < 16);
}

/** safetensors README: 8 bytes of header length, little-endian, then a JSON object of that length. */
function isSafetensors(head: Uint8Array): boolean {
  if (head.length < 10) return false;
  const data = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const length = data.getBigUint64(0, true);
  if (length < 2n || length > BigInt(MAX_SAFETENSORS_HEADER)) return false;
  const end = 8 + Number(length);
  const header = head.subarray(8, end);
  return isTextBytes(header, end > head.length) && /^\{\s*["}]/.test(latin1(header));
}

function textFormat(head: Uint8Array): Format {
  if (!isTextBytes(head, head.length >= formatHeadBytes)) return "unknown";
  const json = /^[ \t\r\n]*(?:\{\s*["}]|\[\s*(?:["{[\]0-9-]|(?:true|false|null)\s*[,\]]))/;
  return json.test(latin1(head)) ? "json" : "text";
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
