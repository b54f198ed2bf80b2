import type { Core } from "../host/core.ts";
import type { ModelEntry } from "../host/model-entry.ts";
import type { Runner } from "../runner/runner.ts";
import { chooseVersion } from "./choose-version.ts";
import { stickyKey } from "./sticky-key.ts";

/** A version of a model by its name, if it passed the gates and stays. */
export const findRunner = (entry: ModelEntry, version: string): Runner | undefined =>
  [...entry.runners].findLast(
    (each) => each.approved && !each.retired && each.files.version === version,
  );

/**
 * The version that answers a request: by the weights of the configuration among the versions that are here and sound,
 * else the serving one.
 */
export function pickRunner(
  { random }: Core,
  entry: ModelEntry,
  headers: Readonly<Record<string, string | undefined>>,
): Runner | undefined {
  const { traffic } = entry.config;
  if (traffic?.weights === undefined) return entry.serving;
  const usable = new Map<string, number>();
  for (const [version, weight] of Object.entries(traffic.weights)) {
    const runner = findRunner(entry, version);
    if (runner?.loaded === undefined || runner.state === "failed") continue;
    usable.set(version, weight);
  }
  const chosen = chooseVersion(usable, stickyKey(traffic, headers), random);
  return chosen === undefined ? entry.serving : findRunner(entry, chosen);
}
