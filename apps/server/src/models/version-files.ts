import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelFile, ModelFiles } from "@plimsoll/inference";
import {
  type ModelMetadata,
  parseJson,
  type ParsedManifest,
  readMetadata,
  sha256Stream,
} from "@plimsoll/manifest";
import { codeOf } from "./code-of.ts";
import { expectServable, isServed } from "./servable.ts";

/** Names under which a training leaves what describes its model, the first that is there counts. */
const descriptions = ["metadata.json", "model_metadata.json", "class_names.json"];
const maxDescriptionBytes = 1024 * 1024;

/**
 * What a manifest says about files that lie in `dir`, as the inference room takes it. Entries without a digest are hashed.
 *
 * @throws InferenceError `E_MODEL` where there is no ONNX model among them.
 */
export async function versionFiles(
  dir: string,
  manifest: ParsedManifest,
  named: { readonly model: string; readonly version: string },
): Promise<ModelFiles> {
  const { model, version } = named;
  expectServable(model, version, [...manifest.manifest.weights.keys()]);
  const files: ModelFile[] = [];
  for (const [name, entry] of manifest.manifest.weights) {
    if (!isServed(name)) continue;
    const path = join(dir, name);
    const there = await stat(path).catch(() => undefined);
    // An optional file whose download failed.
    if (there === undefined && !entry.required) continue;
    const facts =
      entry.checksum !== undefined
        ? { sha256: entry.checksum, size: entry.size ?? there?.size ?? 0 }
        : await sha256Stream(createReadStream(path));
    files.push({ name, path, ...facts });
  }
  const metadata =
    manifest.manifest.metadata === undefined
      ? await readDescription(dir)
      : readMetadata(manifest.manifest.metadata, `manifest of ${model}@${version}`);
  const main = mainOf(files, model);
  return { model, version, files, ...(main && { main }), ...(metadata && { metadata }) };
}

/**
 * Which of more than two `.onnx` files is the model: the one that bears its name, else the only one at the top. One or two
 * need no choice: of two, one gives embeddings and the other takes them.
 */
export function mainOf(files: readonly ModelFile[], model: string): string | undefined {
  const models = files.map(({ name }) => name).filter((name) => /\.onnx$/i.test(name));
  if (models.length <= 2) return undefined;
  const same = models.find((name) => name.toLowerCase() === `${model}.onnx`);
  return same ?? models.find((name) => !name.includes("/")) ?? models[0];
}

/** What a file in a model's folder says about it, or undefined. */
export async function readDescription(dir: string): Promise<ModelMetadata | undefined> {
  let found: ModelMetadata | undefined;
  for (const name of descriptions) {
    try {
      const bytes = await readFile(join(dir, name));
      const limits = { maxBytes: maxDescriptionBytes, maxDepth: 32, source: name };
      found = { ...readMetadata(parseJson(bytes, limits), name), ...found };
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
  }
  return found;
}
