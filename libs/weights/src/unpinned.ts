import { checkName, parseManifest, type ParsedManifest, sizeMb } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { isWeightFile } from "./collect.ts";
import { storeKeys } from "./store-keys.ts";

/**
 * What stands for the manifest of a folder that was filled by hand: its weight files without digests, so that they can
 * be fetched with a warning and pinned as received. Undefined where there are none.
 */
export async function readUnpinned(
  driver: Driver,
  model: string,
  version: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ParsedManifest | undefined> {
  const prefix = storeKeys.version(model, version);
  const weights: [string, object][] = [];
  for await (const entry of driver.list(prefix, {
    ...(options.signal && { signal: options.signal }),
  })) {
    if (entry.type !== "object") continue;
    const name = entry.key.slice(prefix.length);
    if (!isWeightFile(name) || !isName(name)) continue;
    const url = driver.locate(entry.key);
    weights.push([name, { url, size_mb: sizeMb(entry.size), required: true }]);
  }
  if (weights.length === 0) return undefined;
  weights.sort(([a], [b]) => (a < b ? -1 : 1));
  const document = {
    note: `Files of ${prefix} as they were found: nothing pins their bytes.`,
    weights: Object.fromEntries(weights),
  };
  return parseManifest(Buffer.from(JSON.stringify(document)), {
    source: `${prefix} at ${driver.url}`,
  });
}

function isName(name: string): boolean {
  try {
    checkName(name);
    return true;
  } catch {
    return false;
  }
}
