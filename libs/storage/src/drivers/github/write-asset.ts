import { randomBytes } from "node:crypto";

import type { ByteSource } from "../../byte-source.ts";
import type { ObjectStat, WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { assetName } from "./asset-name.ts";
import { assetStat } from "./asset-stat.ts";
import { attempt, asStorageError, statusOf } from "./attempt.ts";
import { home, nameOf, type Asset, type GithubContext, type Release } from "./github-context.ts";
import { isFrozen, isGithubFault } from "./github-error.ts";
import { keyOf, type VersionId } from "./place.ts";
import { assetOf, labelOf, replacement } from "./release-model.ts";
import { forgetView, listAssets, openRelease } from "./releases.ts";
import { exists, NameTaken, removeAsset, uploadAsset, type AssetUpload } from "./upload-asset.ts";

/** How often another's unfinished upload is looked at before it is removed. */
const looks = 12;

/** Stores a file of a version as an asset of its release, which is a draft as long as it is ours to make. */
export async function writeAsset(
  context: GithubContext,
  id: VersionId,
  file: string,
  source: ByteSource,
  options: WriteOptions,
): Promise<ObjectStat> {
  const { signal, onlyIfAbsent = false } = options;
  const key = keyOf(id, file);
  const name = assetName(file);
  signal?.throwIfAborted();
  const release = await openRelease(context, id, signal);
  const upload: AssetUpload = { key, release, name, label: labelOf(id, file), source };
  try {
    const asset = onlyIfAbsent
      ? await create(context, upload, file, options)
      : await replace(context, upload, file, options);
    return assetStat(key, asset);
  } catch (error) {
    throw refusal(context, release, key, error);
  } finally {
    forgetView(context, id);
  }
}

/** Uploads under the final name; of several who do so GitHub takes one. */
async function create(
  context: GithubContext,
  upload: AssetUpload,
  file: string,
  options: WriteOptions,
): Promise<Asset> {
  for (let look = 1; ; look += 1) {
    try {
      return await uploadAsset(context, upload, options);
    } catch (error) {
      if (!(error instanceof NameTaken)) throw error;
    }
    const { key, release } = upload;
    const taken = assetOf(await listAssets(context, release, key, options.signal), file);
    if (taken === undefined && look < looks) continue;
    if (taken === undefined || taken.state === "uploaded" || !release.draft) {
      throw exists(context, key);
    }
    // It may be another publisher's that is still on its way.
    const age = context.driver.clock.now() - Date.parse(taken.created_at);
    if (age < context.tuning.starterMs && look < looks) {
      await context.driver.sleep(context.tuning.starterMs / looks, options.signal);
    } else await removeAsset(context, taken, key);
  }
}

/** Uploads beside what is there, so that a write that fails changes nothing, and takes its place then. */
async function replace(
  context: GithubContext,
  upload: AssetUpload,
  file: string,
  options: WriteOptions,
): Promise<Asset> {
  const { key, release, name, label } = upload;
  const there = assetOf(await listAssets(context, release, key, options.signal), file);
  if (there === undefined) {
    try {
      return await uploadAsset(context, upload, options);
    } catch (error) {
      if (!(error instanceof NameTaken)) throw error;
      throw new StorageError("E_CONFLICT", `${nameOf(context, key)}: written by others meanwhile`);
    }
  }
  if (!release.draft) throw exists(context, key);
  const temporary = `${replacement}${randomBytes(8).toString("hex")}`;
  const fresh = await uploadAsset(context, { ...upload, name: temporary, label: "" }, options);
  await removeAsset(context, there, key);
  const { data } = await attempt(context, key, (request) =>
    context.octokit.rest.repos.updateReleaseAsset({
      ...home(context),
      asset_id: fresh.id,
      name,
      label,
      request,
    }),
  );
  return data;
}

/** What GitHub's refusal means for a version. */
function refusal(context: GithubContext, release: Release, key: string, error: unknown): unknown {
  if (isFrozen(error)) {
    const text = `${release.tag_name} is published and can never change; publish under a new version`;
    return new StorageError("E_EXISTS", `${nameOf(context, key)}: ${text}`, { cause: error });
  }
  if (statusOf(error) === 404 && context.settings.token !== undefined) {
    // The next write looks for the release again.
    context.opened.clear();
  }
  return isGithubFault(error) && !(error instanceof StorageError)
    ? asStorageError(context, error, key)
    : error;
}
