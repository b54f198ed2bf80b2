import { InferenceError } from "@plimsoll/inference";

/** Formats that are distributed and scanned, never served. */
const neverServed = /\.(?:pt|pth|ckpt|h5|hdf5|keras|npz|gguf|safetensors|pkl|joblib)$/i;

/** Whether a file of a version is brought for serving: the model, its external data, labels and metadata. */
export const isServed = (name: string): boolean => !neverServed.test(name);

const exports: readonly (readonly [RegExp, string])[] = [
  [/\.(?:pt|pth|ckpt)$/i, "yolo export model=best.pt format=onnx, or torch.onnx.export(…)"],
  [/\.(?:h5|hdf5|keras)$/i, "python -m tf2onnx.convert --keras model.h5 --output model.onnx"],
  [/./, "the training framework's ONNX exporter"],
];

/**
 * Throws `E_MODEL` with the way out where none of a version's files is an ONNX model: code in `.pt`, `.h5` and the like
 * would run in the server.
 */
export function expectServable(model: string, version: string, names: readonly string[]): void {
  if (names.some((name) => /\.onnx$/i.test(name))) return;
  const [first = "no file"] = names.filter((name) => neverServed.test(name));
  const way = exports.find(([pattern]) => pattern.test(first))?.[1] ?? "";
  throw new InferenceError(
    "E_MODEL",
    `${model}@${version}: ${first} is stored and scanned, never served: export it to ONNX (${way}) and publish the .onnx file`,
  );
}
