import { StorageError } from "../../error.ts";
import { nameOf, type Asset, type GithubContext, type Release } from "./github-context.ts";
import { branchName, keyOf, placeOf, tagsOf, type VersionId } from "./place.ts";
import { assetName } from "./asset-name.ts";
import { assetOf } from "./release-model.ts";
import { viewRelease } from "./releases.ts";
import { findFile } from "./branch-file.ts";

/**
 * Final addresses of files that lie in a version's release, from the names that GitHub gave them. Throws `E_NOT_FOUND`
 * for a file that is not there.
 */
export async function locateAssets(
  context: GithubContext,
  id: VersionId,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const view = await viewRelease(context, id, signal);
  const urls = new Map<string, string>();
  for (const name of names) {
    const key = keyOf(id, name);
    const asset = view && assetOf(view.assets, name);
    if (view && asset?.state === "uploaded") urls.set(name, finalUrl(view.release, asset));
    else if (await findFile(context, key, signal)) urls.set(name, fileUrl(context, key));
    else {
      const text = `${nameOf(context, key)}: not uploaded, so that its address is not known`;
      throw new StorageError("E_NOT_FOUND", text);
    }
  }
  return urls;
}

/** The address that a key will have, as far as it can be told without asking. */
export function locateKey(context: GithubContext, key: string): string {
  const place = placeOf(key);
  const { page, tags } = context.settings;
  const download = (tag: string, name: string): string =>
    `${page}/releases/download/${encodeURIComponent(tag)}/${encodeURIComponent(name)}`;
  if (place.kind === "file") return fileUrl(context, key);
  if (place.kind === "named") return download(place.tag, place.name);
  const [long, short] = tagsOf(place);
  return download(tags === "model" ? long : short, assetName(place.file));
}

/** The address after publishing: a draft's own ones say `untagged-…`. */
function finalUrl(release: Release, asset: Asset): string {
  const url = asset.browser_download_url;
  if (!release.draft) return url;
  const cut = url.indexOf("/releases/download/") + "/releases/download/".length;
  const tag = encodeURIComponent(release.tag_name);
  return `${url.slice(0, cut)}${tag}/${encodeURIComponent(asset.name)}`;
}

function fileUrl({ settings }: GithubContext, key: string): string {
  return `${settings.page}/raw/${branchName}/${key.split("/").map(encodeURIComponent).join("/")}`;
}
