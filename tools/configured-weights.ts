import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { parseJson } from "@plimsoll/manifest";

/**
 * The folder of weights that `plimsoll.config.json` names as `publish.from`, else `weights`; as seen from `cwd`. A config
 * that is absent or wrong counts as none: the command that reads it next says what is wrong.
 */
export async function configuredWeights(
  cwd: string,
  config = "plimsoll.config.json",
): Promise<string> {
  const path = resolve(cwd, config);
  try {
    const settings = parseJson(await readFile(path)) as { publish?: { from?: unknown } } | null;
    const from = settings?.publish?.from;
    if (typeof from === "string") return relative(cwd, join(dirname(path), from)) || ".";
  } catch {
    // Not ours to report.
  }
  return "weights";
}
