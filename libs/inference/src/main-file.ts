import { printable } from "@plimsoll/manifest";
import { InferenceError } from "./error.ts";
import type { ModelFile, ModelFiles } from "./model-files.ts";

/**
 * The files of a version that are loaded: the one that `main` names, else its one or two `.onnx` files (of two, one gives
 * embeddings and the other takes them; which, their inputs say later), else the only file. What they really are, their
 * bytes say later.
 *
 * @throws InferenceError `E_MODEL` when there is none, or too many to choose from.
 */
export function mainFiles({ files, main, model, version }: ModelFiles): readonly ModelFile[] {
  const what = `${printable(model)} ${printable(version)}`;
  const refuse = (why: string): InferenceError => new InferenceError("E_MODEL", `${what}: ${why}`);
  if (main !== undefined) {
    const named = files.find(({ name }) => name === main);
    if (named === undefined) throw refuse(`it has no file ${printable(main)}`);
    return [named];
  }
  const names = (of: readonly ModelFile[]): string =>
    of.map(({ name }) => printable(name)).join(", ");
  const models = files.filter(({ name }) => name.toLowerCase().endsWith(".onnx"));
  if (models.length > 2) {
    throw refuse(`several ONNX files (${names(models)}): name the one to load as main`);
  }
  if (models.length > 0) return models;
  if (files.length === 0) throw refuse("it has no files");
  if (files.length === 1) return files;
  throw refuse(`no ONNX file among ${names(files)}: export the model to ONNX and publish that`);
}

/** The file whose digest stands for the version in answers. @throws InferenceError as `mainFiles`. */
export function mainFile(files: ModelFiles): ModelFile {
  const [first] = mainFiles(files);
  if (first === undefined)
    throw new InferenceError("E_MODEL", `${printable(files.model)}: no file`);
  return first;
}
