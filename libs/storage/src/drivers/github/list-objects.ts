import { isKey } from "../../check-key.ts";
import type { ListEntry, ListOptions, ObjectStat } from "../../driver.ts";
import { assetStat } from "./asset-stat.ts";
import { listFiles } from "./branch-file.ts";
import { versionName, type Asset, type GithubContext, type Release } from "./github-context.ts";
import { keyOf, placeOf, readTag, versionOfPrefix, type VersionId } from "./place.ts";
import { fileOf, modelOf } from "./release-model.ts";
import { listReleases, viewRelease, withAssets } from "./releases.ts";

/** Objects below a prefix: the assets of releases that may be seen, and the files of the branch. */
export async function* listObjects(
  context: GithubContext,
  prefix: string,
  { depth, signal }: ListOptions = {},
): AsyncGenerator<ListEntry, void, void> {
  signal?.throwIfAborted();
  const seen = new Set<string>();
  for (const stat of await allBelow(context, prefix, signal)) {
    signal?.throwIfAborted();
    const cut = depth === "shallow" ? stat.key.indexOf("/", prefix.length) : -1;
    const key = cut < 0 ? stat.key : stat.key.slice(0, cut + 1);
    if (seen.has(key)) continue;
    seen.add(key);
    yield cut < 0 ? { type: "object", ...stat } : { type: "prefix", key };
  }
}

async function allBelow(
  context: GithubContext,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<ObjectStat[]> {
  const id = versionOfPrefix(prefix);
  const stats: ObjectStat[] = [];
  if (id !== undefined) {
    const view = await viewRelease(context, id, signal);
    if (view !== undefined) stats.push(...assetStats(id, view.assets));
  } else if (prefix.startsWith("models/") || "models/".startsWith(prefix)) {
    for (const release of await visible(context, prefix, signal)) {
      const held = versionOf(context, release);
      if (held === undefined || !mayLieBelow(held, prefix)) continue;
      stats.push(...assetStats(held, (await withAssets(context, release, prefix)).assets));
    }
  }
  stats.push(...(await listFiles(context, prefix, signal)));
  return stats.filter(({ key }) => key.startsWith(prefix));
}

/** Published releases and those drafts that this store writes to, or all with `unpublished`. */
async function visible(
  context: GithubContext,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<Release[]> {
  const own = new Set<number>();
  for (const opened of context.opened.values()) {
    const release = await opened.catch(() => undefined);
    if (release !== undefined) own.add(release.id);
  }
  const all = await listReleases(context, prefix, signal);
  const sees = context.driver.unpublished === true;
  return all.filter((release) => !release.draft || sees || own.has(release.id));
}

/** The version of a release. One that was filled by hand is taken for the model that has the repository's name. */
function versionOf({ settings }: GithubContext, release: Release): VersionId | undefined {
  const tag = readTag(release.tag_name);
  if (tag === undefined) return undefined;
  const model = modelOf(release) ?? settings.repo.toLowerCase();
  const id = { model, version: tag.version };
  return placeOf(keyOf(id, "x")).kind === "asset" ? id : undefined;
}

function mayLieBelow(id: VersionId, prefix: string): boolean {
  const own = `models/${versionName(id)}/`;
  return own.startsWith(prefix) || prefix.startsWith(own);
}

function assetStats(id: VersionId, assets: readonly Asset[]): ObjectStat[] {
  return assets.flatMap((asset) => {
    const file = fileOf(asset);
    if (asset.state !== "uploaded" || file === undefined) return [];
    const key = keyOf(id, file);
    return isKey(key) ? [assetStat(key, asset)] : [];
  });
}
