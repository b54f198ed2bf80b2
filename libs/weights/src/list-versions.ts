import { compareReleases, isModelName, parseRelease } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { parallel } from "./parallel.ts";
import { notVersions, storeKeys } from "./store-keys.ts";

/** A version of a model as a store holds it. */
export interface ListedVersion {
  /** A release; a folder that was filled by hand may have another name, `latest` for one. */
  readonly version: string;
  /**
   * published: it has a manifest · unpinned: files without one, from a publish that did not finish or put there by hand.
   */
  readonly state: "published" | "unpinned";
  /** When its manifest was stored, where the host says so. */
  readonly publishedAt?: Date;
  /** It was withdrawn: sync and serve refuse it. */
  readonly isYanked?: true;
}

/** Versions of a model, newest first; what is no release comes last. Throws what the store throws. */
export async function listVersions(
  driver: Driver,
  model: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ListedVersion[]> {
  const prefix = storeKeys.model(model);
  const names: string[] = [];
  let yanked: ReadonlySet<string> = new Set();
  for await (const entry of driver.list(prefix, { ...options, depth: "shallow" })) {
    if (entry.type !== "prefix") continue;
    const name = entry.key.slice(prefix.length, -1);
    if (entry.key === storeKeys.yankedNotes(model))
      yanked = await listYanked(driver, model, options);
    if (notVersions.has(name)) continue;
    if (parseRelease(name) !== undefined || isModelName(name)) names.push(name);
  }
  names.sort((a, b) => compareReleases(b, a));
  return await parallel(names, 8, async (version): Promise<ListedVersion> => {
    const stat = await driver.stat(storeKeys.manifest(model, version), options);
    const mark = yanked.has(version) ? ({ isYanked: true } as const) : {};
    if (stat === undefined) return { version, state: "unpinned", ...mark };
    const publishedAt = stat.modifiedAt;
    return {
      version,
      state: "published",
      ...mark,
      ...(publishedAt !== undefined && { publishedAt }),
    };
  });
}

/** Versions that were withdrawn. */
async function listYanked(
  driver: Driver,
  model: string,
  options: { readonly signal?: AbortSignal },
): Promise<ReadonlySet<string>> {
  const prefix = storeKeys.yankedNotes(model);
  const versions = new Set<string>();
  for await (const { key } of driver.list(prefix, options)) {
    if (key.endsWith(".json")) versions.add(key.slice(prefix.length, -".json".length));
  }
  return versions;
}
