/** What a weight file is by its first bytes, whatever its name says. */
export type Format =
  | "onnx"
  | "safetensors"
  | "pytorch-zip"
  | "pytorch-legacy"
  | "hdf5"
  | "keras"
  | "gguf"
  | "npz"
  | "npy"
  | "json"
  | "text"
  | "git-lfs-pointer"
  | "unknown";
