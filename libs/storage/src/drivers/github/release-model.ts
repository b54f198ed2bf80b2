import type { Asset, Release } from "./github-context.ts";
import { assetName, fileOfName } from "./asset-name.ts";
import { readTag, type VersionId } from "./place.ts";

const labelForm = /^(\S+) \((\S+)\)$/;
const titleForm = /^(\S+) (v\S+)$/;

/** The label of an asset, which GitHub shows in place of its name. It tells file and model apart from the name. */
export function labelOf({ model }: VersionId, file: string): string {
  return `${file} (${model})`;
}

/** The title of a release. */
export function titleOf({ model, version }: VersionId): string {
  return `${model} ${version}`;
}

/** The file of a version that an asset holds; undefined for one that is on its way to replace another. */
export function fileOf(asset: Pick<Asset, "name" | "label">): string | undefined {
  if (asset.name.startsWith(replacement)) return undefined;
  return labelForm.exec(asset.label ?? "")?.[1] ?? fileOfName(asset.name);
}

/** Beginning of the name of an asset that is to replace another. */
export const replacement = "plimsoll-new-";

/**
 * The model of a release: from its tag, else from what an asset's label says, else from our title. Undefined for one
 * that was filled by hand, which is any model's that is asked for.
 */
export function modelOf(release: Release): string | undefined {
  const tag = readTag(release.tag_name);
  if (tag?.model !== undefined) return tag.model;
  for (const { label } of release.assets) {
    const model = labelForm.exec(label ?? "")?.[2];
    if (model !== undefined) return model;
  }
  const [, model, version] = titleForm.exec(release.name ?? "") ?? [];
  return version === tag?.version ? model : undefined;
}

/** Whether a release holds the version. */
export function holds(release: Release, { model, version }: VersionId): boolean {
  if (readTag(release.tag_name)?.version !== version) return false;
  return (modelOf(release) ?? model) === model;
}

/** The asset of a file, whether its upload ended or not. GitHub may have given it another name than was sent. */
export function assetOf(assets: readonly Asset[], file: string): Asset | undefined {
  return (
    assets.find((asset) => fileOf(asset) === file) ??
    assets.find(({ name }) => name === assetName(file))
  );
}
