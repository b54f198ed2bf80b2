import { createHash } from "node:crypto";

import { abortable } from "../../abortable.ts";
import type { ByteSource } from "../../byte-source.ts";
import type { ObjectStat, WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { putFile, removeFile } from "./change-branch.ts";
import { findFile } from "./branch-file.ts";
import { expectToken, nameOf, type GithubContext } from "./github-context.ts";
import { placeOf, type VersionId } from "./place.ts";
import { assetOf } from "./release-model.ts";
import { viewRelease } from "./releases.ts";
import { removeObject } from "./remove-object.ts";
import { exists } from "./upload-asset.ts";
import { writeAsset } from "./write-asset.ts";

/** GitHub takes less than 2 GiB. */
const maxAssetBytes = 2 ** 31 - 1;

/** Stores an object: a version's file as an asset, anything else on the branch. */
export async function writeObject(
  context: GithubContext,
  key: string,
  source: ByteSource,
  options: WriteOptions,
): Promise<ObjectStat> {
  const { signal, onlyIfAbsent = false } = options;
  const what = nameOf(context, key);
  signal?.throwIfAborted();
  expectToken(context, key);
  const place = placeOf(key);
  if (place.kind === "named") {
    throw new StorageError("E_USAGE", `${what}: written as models/<model>/<version>/<file> only`);
  }
  if (place.kind === "asset" && source.size > 0) {
    if (source.size > maxAssetBytes) {
      const text = `${what}: ${source.size} bytes, GitHub takes files of less than 2 GiB`;
      throw new StorageError("E_SIZE", text);
    }
    if (onlyIfAbsent) return writeAsset(context, place, place.file, source, options);
    const stat = await writeAsset(context, place, place.file, source, options);
    if ((await findFile(context, key, signal)) !== undefined)
      await removeFile(context, key, signal);
    return stat;
  }
  if (source.size > context.tuning.maxFileBytes) {
    const most = context.tuning.maxFileBytes;
    const text = `${what}: ${source.size} bytes; outside of a version GitHub keeps files up to ${most}`;
    throw new StorageError("E_SIZE", text);
  }
  const bytes = await readWhole(source, options);
  if (place.kind === "asset" && (await hasAsset(context, place, place.file, signal))) {
    if (onlyIfAbsent) throw exists(context, key);
    await removeObject(context, key, options);
  }
  const stat = await putFile(context, key, bytes, onlyIfAbsent ? { absent: true } : "any", signal);
  if (bytes.length > 0) options.onProgress?.(bytes.length);
  return stat;
}

async function hasAsset(
  context: GithubContext,
  id: VersionId,
  file: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const view = await viewRelease(context, id, signal);
  return view !== undefined && assetOf(view.assets, file)?.state === "uploaded";
}

/** A small source, held to its length and digest. */
async function readWhole(
  source: ByteSource,
  { signal, sha256, onProgress }: WriteOptions,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of abortable(source.open(), signal)) {
    size += part.length;
    parts.push(part);
    if (size > source.size) break;
    if (part.length > 0 && size < source.size) onProgress?.(size);
  }
  const fail = (code: "E_SIZE" | "E_DIGEST", text: string): StorageError =>
    new StorageError(code, `${source.label}: ${text}; nothing was stored`);
  if (size !== source.size) throw fail("E_SIZE", `${source.size} bytes expected, not ${size}`);
  const bytes = Buffer.concat(parts);
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== undefined && sha256 !== actual) {
    throw fail("E_DIGEST", `${sha256} expected, the bytes have ${actual}`);
  }
  return bytes;
}
