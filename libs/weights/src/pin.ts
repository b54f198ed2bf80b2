import { join, resolve } from "node:path";
import { parseManifest, type ParsedManifest } from "@plimsoll/manifest";
import { codeOf } from "./problem.ts";
import { readSmallFile } from "./read-small-file.ts";
import { writeFileWhole } from "./write-file.ts";

/** Where the manifest that pins an app lies: the given path, else `manifest.json` in the folder; undefined for `false`. */
export function pinPath(given: string | false | undefined, folder: string): string | undefined {
  if (given === false) return undefined;
  return given === undefined ? join(folder, "manifest.json") : resolve(given);
}

/** The manifest at a path, or undefined where there is none or something else. */
export async function readPin(path: string): Promise<ParsedManifest | undefined> {
  try {
    const bytes = await readSmallFile(path);
    return bytes && parseManifest(bytes, { source: path });
  } catch (error) {
    if (codeOf(error)?.startsWith("E_") !== true) throw error;
    return undefined;
  }
}

/** Writes the pinning manifest, whole or not at all; says whether there is a place for one. Warns of files it forgets. */
export async function writePin(
  path: string | undefined,
  manifest: ParsedManifest,
  options: { readonly onEvent?: (event: { type: "warning"; message: string }) => void },
): Promise<boolean> {
  if (path === undefined) return false;
  const before = await readPin(path);
  if (before?.digest === manifest.digest) return true;
  const forgotten = [...(before?.manifest.weights.keys() ?? [])].filter(
    (name) => !manifest.manifest.weights.has(name),
  );
  if (forgotten.length > 0) {
    const message = `${path} does not name ${forgotten.join(", ")} any more`;
    options.onEvent?.({ type: "warning", message });
  }
  await writeFileWhole(path, manifest.bytes);
  return true;
}
