import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createReadStream } from "node:fs";
import type { ModelFile, ModelFiles } from "@plimsoll/inference";
import {
  isModelName,
  newestFirst,
  parseManifest,
  parseRelease,
  sha256Stream,
} from "@plimsoll/manifest";
import { expectServable } from "./servable.ts";
import { mainOf, readDescription, versionFiles } from "./version-files.ts";

/** Name of the version of a folder that no manifest describes. */
export const localVersion = "local";

/**
 * A model version that lies in a folder of this machine, or undefined: `<dir>/<model>.onnx`, or what
 * `versionInFolder` finds in `<dir>/<model>/`. Without `version` any will do, the newest first.
 *
 * @throws InferenceError `E_MODEL` for a folder with weights of another format only.
 */
export async function findLocal(
  dir: string,
  model: string,
  version?: string,
): Promise<ModelFiles | undefined> {
  const folder = await versionInFolder(join(dir, model), model, version);
  if (folder !== undefined) return folder;
  if (version !== undefined && version !== localVersion) return undefined;
  return await singleFile(join(dir, `${model}.onnx`), model);
}

/** The same of a folder that is the model's own: `manifest.json`, `.onnx` files, or a folder for each version. */
export async function versionInFolder(
  folder: string,
  model: string,
  version?: string,
): Promise<ModelFiles | undefined> {
  if (/\.onnx$/i.test(folder)) return await singleFile(folder, model);
  const names = await namesIn(folder);
  if (names.includes("manifest.json")) {
    const found = await withManifest(folder, model);
    return version === undefined || version === found.version ? found : undefined;
  }
  const releases = newestFirst(names.filter((name) => parseRelease(name) !== undefined));
  for (const release of version === undefined ? releases : releases.filter((r) => r === version)) {
    const inside = join(folder, release);
    const there = await namesIn(inside);
    if (there.includes("manifest.json")) return await withManifest(inside, model);
    if (there.length > 0) return await withoutManifest(inside, there, model, release);
  }
  if (version !== undefined && version !== localVersion) return undefined;
  const files = names.filter((name) => parseRelease(name) === undefined);
  return files.some((name) => /\.[a-z0-9]+$/i.test(name))
    ? await withoutManifest(folder, files, model, localVersion)
    : undefined;
}

/** Names of the models in a folder. */
export async function localModels(dir: string): Promise<string[]> {
  const found = new Set<string>();
  for (const entry of await readdir(dir, { withFileTypes: true }).catch(() => [])) {
    const name = entry.isDirectory() ? entry.name : /^(.+)\.onnx$/i.exec(entry.name)?.[1];
    if (name !== undefined && isModelName(name)) found.add(name);
  }
  return [...found].sort();
}

async function withManifest(folder: string, model: string): Promise<ModelFiles> {
  const path = join(folder, "manifest.json");
  const manifest = parseManifest(await readFile(path), { source: path });
  const version = manifest.manifest.release ?? localVersion;
  return await versionFiles(folder, manifest, { model, version });
}

async function withoutManifest(
  folder: string,
  names: readonly string[],
  model: string,
  version: string,
): Promise<ModelFiles> {
  const files: ModelFile[] = [];
  expectServable(model, version, names);
  for (const name of names) {
    const path = join(folder, name);
    // External data may have any name; what else lies there is small.
    if (!/\.(?:onnx|data|bin|json|txt)$|onnx_data/i.test(name)) continue;
    if ((await stat(path)).isFile()) files.push(await hashed(path, name));
  }
  const metadata = await readDescription(folder);
  const main = mainOf(files, model);
  return { model, version, files, ...(main && { main }), ...(metadata && { metadata }) };
}

async function singleFile(path: string, model: string): Promise<ModelFiles | undefined> {
  const there = await stat(path).catch(() => undefined);
  if (!there?.isFile()) return undefined;
  const file = await hashed(path, basename(path));
  const beside = (await namesIn(dirname(path))).filter((name) => /\.onnx$/i.test(name));
  const described = await readDescription(dirname(path)).catch(() => undefined);
  // In a folder with several models a description without a name belongs to none of them.
  const isOwn = described?.model_name === model || beside.length === 1;
  return {
    model,
    version: localVersion,
    files: [file],
    main: file.name,
    ...(described && isOwn && { metadata: described }),
  };
}

async function hashed(path: string, name: string): Promise<ModelFile> {
  return { name, path, ...(await sha256Stream(createReadStream(path))) };
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
