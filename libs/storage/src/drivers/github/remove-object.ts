import type { CallOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { removeFile } from "./change-branch.ts";
import { expectToken, nameOf, versionName, type GithubContext } from "./github-context.ts";
import { isFrozen } from "./github-error.ts";
import { placeOf } from "./place.ts";
import { assetOf } from "./release-model.ts";
import { deleteRelease, forgetView, viewRelease } from "./releases.ts";
import { removeAsset } from "./upload-asset.ts";

/** Removes an object; a draft goes with its last asset. */
export async function removeObject(
  context: GithubContext,
  key: string,
  { signal }: CallOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  expectToken(context, key);
  const place = placeOf(key);
  if (place.kind === "named") {
    const text = `${nameOf(context, key)}: removed as models/<model>/<version>/<file> only`;
    throw new StorageError("E_USAGE", text);
  }
  if (place.kind === "file") return removeFile(context, key, signal);
  forgetView(context, place);
  const view = await viewRelease(context, place, signal);
  const asset = view && assetOf(view.assets, place.file);
  if (view === undefined || asset === undefined) return removeFile(context, key, signal);
  try {
    await removeAsset(context, asset, key);
    if (view.release.draft && view.assets.length === 1) {
      await deleteRelease(context, view.release, key);
      context.opened.delete(versionName(place));
    }
  } catch (error) {
    if (!isFrozen(error)) throw error;
    const text = `an immutable release keeps its files: delete the release ${view.release.tag_name} at GitHub, which can never use that tag again`;
    throw new StorageError("E_EXISTS", `${nameOf(context, key)}: ${text}`, { cause: error });
  } finally {
    forgetView(context, place);
  }
}
