import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseJson } from "@plimsoll/manifest";

/**
 * The folder of weights that `plimsoll.config.json` names as `publish.from`, else `weights`. A config that is absent or
 * wrong counts as none: the command that reads it next says what is wrong.
 */
export async function configuredWeights(config = "plimsoll.config.json"): Promise<string> {
  try {
    const settings = parseJson(await readFile(config)) as { publish?: { from?: unknown } } | null;
    const from = settings?.publish?.from;
    return typeof from === "string" ? join(dirname(resolve(config)), from) : "weights";
  } catch {
    return "weights";
  }
}
