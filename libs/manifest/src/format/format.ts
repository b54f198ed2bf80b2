/** What a weight file is by its first bytes, whatever its name says. */
export type Format =
  | "onnx"
  | "safetensors"
  | "pytorch-zip"
  | "pytorch-legacy"
  | "pickle"
  | "hdf5"
  | "keras"
  | "gguf"
  | "npz"
  | "npy"
  | "json"
  | "text"
  | "git-lfs-pointer"
  | "unknown";

/** All formats that have a name; a newer manifest may name others. */
export const formats: readonly Format[] = [
  "onnx",
  "safetensors",
  "pytorch-zip",
  "pytorch-legacy",
  "pickle",
  "hdf5",
  "keras",
  "gguf",
  "npz",
  "npy",
  "json",
  "text",
  "git-lfs-pointer",
  "unknown",
];
