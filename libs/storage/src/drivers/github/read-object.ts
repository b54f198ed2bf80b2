import type { CallOptions, ObjectBody, ObjectStat, ReadOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { checkRange, resolveRange } from "../../range.ts";
import { assetStat } from "./asset-stat.ts";
import { fileBytes, findFile, type BranchFile } from "./branch-file.ts";
import { nameOf, type Asset, type GithubContext, type Release } from "./github-context.ts";
import { placeOf } from "./place.ts";
import { readAsset } from "./read-asset.ts";
import { assetOf } from "./release-model.ts";
import { releaseByTag, viewRelease, withAssets } from "./releases.ts";

/** What GitHub says of an object, or undefined where it is absent. */
export async function statObject(
  context: GithubContext,
  key: string,
  { signal }: CallOptions = {},
): Promise<ObjectStat | undefined> {
  const found = await find(context, key, signal);
  if (found === undefined) return undefined;
  return "asset" in found ? assetStat(key, found.asset) : found.stat;
}

/** An object's bytes, or some of them. */
export async function readObject(
  context: GithubContext,
  key: string,
  options: ReadOptions = {},
): Promise<ObjectBody> {
  const { start, end, ifMatch, signal } = options;
  const what = nameOf(context, key);
  checkRange(start, end, what);
  const found = await find(context, key, signal);
  if (found === undefined) throw new StorageError("E_NOT_FOUND", `${what}: no such object`);
  if ("asset" in found) return readAsset(context, key, found, options);
  if (ifMatch !== undefined && ifMatch !== found.stat.etag) {
    throw new StorageError("E_CONFLICT", `${what}: the object is another than expected`);
  }
  const range = resolveRange(found.stat.size, start, end, what);
  const bytes = await fileBytes(context, found, signal);
  return { stat: found.stat, body: once(bytes.subarray(range.start, range.end), signal) };
}

type Found = { readonly release: Release; readonly asset: Asset } | BranchFile;

async function find(
  context: GithubContext,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Found | undefined> {
  signal?.throwIfAborted();
  const place = placeOf(key);
  if (place.kind === "named") {
    const release = await releaseByTag(context, place.tag, key, signal);
    if (release === undefined) return undefined;
    const { assets } = await withAssets(context, release, key);
    const asset = assets.find(({ name, state }) => name === place.name && state === "uploaded");
    return asset && { release, asset };
  }
  if (place.kind === "asset") {
    const view = await viewRelease(context, place, signal);
    const asset = view && assetOf(view.assets, place.file);
    if (view && asset?.state === "uploaded") return { release: view.release, asset };
  }
  // Of a version only files without a byte lie there: GitHub takes no empty assets.
  return findFile(context, key, signal);
}

async function* once(
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  signal?.throwIfAborted();
  if (bytes.length > 0) yield bytes;
  signal?.throwIfAborted();
}
