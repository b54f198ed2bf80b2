import { printable } from "@plimsoll/manifest";
import { InferenceError } from "./error.ts";
import type { ModelFile, ModelFiles } from "./model-files.ts";

/**
 * The file of a version that is loaded: the one that `main` names, else the only `.onnx` file, else the only file. What
 * it really is, its bytes say later.
 *
 * @throws InferenceError `E_MODEL` when there is none, or several to choose from.
 */
export function mainFile({ files, main, model, version }: ModelFiles): ModelFile {
  const named = files.find(({ name }) => name === main);
  if (named !== undefined) return named;
  const models = files.filter(({ name }) => name.toLowerCase().endsWith(".onnx"));
  const candidates = main === undefined ? (models.length > 0 ? models : files) : [];
  const [only, ...others] = candidates;
  if (only !== undefined && others.length === 0) return only;
  const what = `${printable(model)} ${printable(version)}`;
  if (main !== undefined) {
    throw new InferenceError("E_MODEL", `${what}: it has no file ${printable(main)}`);
  }
  if (only === undefined) throw new InferenceError("E_MODEL", `${what}: it has no files`);
  const names = candidates.map(({ name }) => printable(name)).join(", ");
  throw new InferenceError(
    "E_MODEL",
    models.length > 1
      ? `${what}: several ONNX files (${names}): name the one to load as main`
      : `${what}: no ONNX file among ${names}: export the model to ONNX and publish that`,
  );
}
