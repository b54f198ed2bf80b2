import { StorageError } from "../../error.ts";
import { attempt, statusOf } from "./attempt.ts";
import { home, nameOf, type Asset, type GithubContext } from "./github-context.ts";
import { isTaken } from "./github-error.ts";
import { keyOf, type VersionId } from "./place.ts";
import { fileOf } from "./release-model.ts";
import { deleteRelease, findPublished, forgetView, listAssets, viewRelease } from "./releases.ts";
import { removeAsset } from "./upload-asset.ts";

/**
 * Publishes the draft of a version; one that is published already is left as it is. Of two drafts that are published
 * under one tag GitHub takes one: the other is removed if it held the same, else it is `E_EXISTS` (row S1).
 */
export async function publishRelease(
  context: GithubContext,
  id: VersionId,
  signal?: AbortSignal,
): Promise<void> {
  const key = keyOf(id, "");
  forgetView(context, id);
  const view = await viewRelease(context, id, signal);
  if (view === undefined) {
    const text = `${nameOf(context, key)}: no draft of this version: publish it again`;
    throw new StorageError("E_NOT_FOUND", text);
  }
  const { release } = view;
  if (!release.draft) return;
  const assets = await listAssets(context, release, key, signal);
  // What broken uploads left would stay for ever.
  for (const asset of assets) {
    if (asset.state !== "uploaded" || fileOf(asset) === undefined) {
      await removeAsset(context, asset, key);
    }
  }
  try {
    const call = context.octokit.rest.repos.updateRelease;
    await attempt(
      context,
      key,
      (request) =>
        call({
          ...home(context),
          release_id: release.id,
          tag_name: release.tag_name,
          draft: false,
          // The highest version, not the one that was published last.
          make_latest: "legacy",
          request,
        }),
      { signal },
    );
  } catch (error) {
    await settle(context, id, assets, error);
    await deleteRelease(context, release, key);
    context.opened.clear();
  } finally {
    forgetView(context, id);
  }
}

/** Passes if the version is published with the same files; throws otherwise. */
async function settle(
  context: GithubContext,
  id: VersionId,
  assets: readonly Asset[],
  error: unknown,
): Promise<void> {
  const key = keyOf(id, "");
  if (statusOf(error) !== 422) throw error;
  const published = await findPublished(context, id);
  const text = published
    ? "published by somebody else with other files meanwhile: publish under a new version"
    : "its tag belongs to another release, or was used by an immutable one: publish under a new version, or with ?tags=model";
  const refusal = new StorageError("E_EXISTS", `${nameOf(context, key)}: ${text}`, {
    cause: error,
  });
  if (published === undefined)
    throw isTaken(error, "tag_name") || isBurned(error) ? refusal : error;
  const digests = (list: readonly Asset[]): string =>
    list
      .filter(({ name }) => name !== "manifest.json")
      .map(({ name, digest, size }) => `${name} ${size} ${digest ?? ""}`)
      .sort()
      .join("\n");
  const theirs = await listAssets(context, published, key);
  if (digests(theirs) !== digests(assets)) throw refusal;
}

function isBurned(error: unknown): boolean {
  return error instanceof Error && /used by an immutable release/.test(error.message);
}
