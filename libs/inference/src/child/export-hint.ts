import { type Format, printable } from "@plimsoll/manifest";

const ways: Partial<Record<Format, string>> = {
  "pytorch-zip":
    "PyTorch weights: export them with torch.onnx.export (Ultralytics: yolo export format=onnx)",
  "pytorch-legacy":
    "PyTorch weights: export them with torch.onnx.export (Ultralytics: yolo export format=onnx)",
  pickle: "a pickle, which is never loaded: export the model with torch.onnx.export or skl2onnx",
  hdf5: "Keras weights: export them with model.export(path, format='onnx') or tf2onnx",
  keras: "a Keras model: export it with model.export(path, format='onnx') or tf2onnx",
  safetensors: "weights without a graph: export the model with torch.onnx.export or optimum-cli",
  gguf: "weights for llama.cpp: export the model to ONNX with optimum-cli",
  npy: "an array: export the model that uses it to ONNX",
  npz: "arrays: export the model that uses them to ONNX",
  "git-lfs-pointer": "a Git LFS pointer, not the file: run git lfs pull and publish again",
};

/** Why a file that is no ONNX model cannot be served, and the way out. */
export function exportHint(name: string, format: Format, size: number): string {
  const what = size === 0 ? "empty: sync or publish it again" : ways[format];
  return `${printable(name)}: only ONNX can be served, and this is ${what ?? `${format === "unknown" ? "of an unknown format" : format}: export the model to ONNX`}`;
}
