import type { Format } from "../format/format.ts";

const torch: readonly Format[] = ["pytorch-zip", "pytorch-legacy", "pickle"];
const text: readonly Format[] = ["text", "json"];

/** What an extension promises. Extensions that promise nothing, such as `.bin`, are not here. */
const claims: ReadonlyMap<string, readonly Format[]> = new Map([
  [".onnx", ["onnx"]],
  [".safetensors", ["safetensors"]],
  [".pt", torch],
  [".pth", torch],
  [".ckpt", torch],
  [".pkl", ["pickle", "pytorch-legacy"]],
  [".pickle", ["pickle", "pytorch-legacy"]],
  [".h5", ["hdf5"]],
  [".hdf5", ["hdf5"]],
  [".keras", ["keras"]],
  [".npz", ["npz"]],
  [".npy", ["npy"]],
  [".gguf", ["gguf"]],
  [".json", ["json", "text"]],
  [".txt", text],
  [".csv", text],
  [".md", text],
  [".yaml", text],
  [".yml", text],
  [".names", text],
]);

/** The formats that the extension of a name stands for; undefined where it stands for none. */
export function nameClaim(name: string): readonly Format[] | undefined {
  const extension = /\.[^./\\]+$/.exec(name)?.[0];
  return extension === undefined ? undefined : claims.get(extension.toLowerCase());
}

/** True where the name says that the content is read by an unpickler. */
export const claimsPickle = (name: string): boolean =>
  nameClaim(name)?.includes("pickle") ?? /\.(p|joblib|dill|debug_pkl)$/i.test(name);

/** True where the name says text: an encoding other than UTF-8 is then no lie. */
export const claimsText = (name: string): boolean => nameClaim(name)?.includes("text") ?? false;
