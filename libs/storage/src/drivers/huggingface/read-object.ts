import { Readable } from "node:stream";
import type { PathInfo } from "@huggingface/hub";

import type { CallOptions, ObjectBody, ObjectStat, ReadOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { checkRange, resolveRange } from "../../range.ts";
import { readOverHttp } from "../http/read-over-http.ts";
import { commitOf } from "./commit-lines.ts";
import { filesInfo, findVersion } from "./find-version.ts";
import { nameOf, resolveUrl, type HubContext } from "./hub-context.ts";
import { flushStage } from "./stage.ts";
import { idOf, manifestName, versionKey } from "./version-key.ts";

/** Where a key lies in the repository. */
interface Place {
  readonly revision: string;
  readonly path: string;
}

/** What the hub says of an object, or undefined where it is absent. */
export async function statObject(
  context: HubContext,
  key: string,
  { signal }: CallOptions = {},
): Promise<ObjectStat | undefined> {
  signal?.throwIfAborted();
  const place = await findPlace(context, key, signal);
  return place && (await statAt(context, key, place, signal));
}

/** An object's bytes, or some of them, all of one commit. */
export async function readObject(
  context: HubContext,
  key: string,
  options: ReadOptions = {},
): Promise<ObjectBody> {
  const { start, end, ifMatch, signal } = options;
  const what = nameOf(context, key);
  checkRange(start, end, what);
  signal?.throwIfAborted();
  const found = await findPlace(context, key, signal);
  // The branch may move between two requests, a commit does not.
  const place =
    found?.revision === context.branch
      ? { ...found, revision: await commitOf(context, context.branch, signal) }
      : found;
  const stat = place && (await statAt(context, key, place, signal));
  if (place === undefined || stat === undefined) {
    throw new StorageError("E_NOT_FOUND", `${what}: no such file`);
  }
  if (ifMatch !== undefined && stat.etag !== ifMatch) {
    throw new StorageError("E_CONFLICT", `${what}: the file is another than expected`);
  }
  const range = resolveRange(stat.size, start, end, what);
  if (range.start === range.end) return { stat, body: Readable.from([]) };
  const { client, settings } = context;
  const locate = (): string => resolveUrl(context, place.revision, place.path);
  const reply = await readOverHttp({ ...settings, client, locate }, key, {
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(signal && { signal }),
  });
  if (reply.stat.size !== stat.size) {
    const text = `${what}: the hub states ${stat.size} bytes and sends ${reply.stat.size}`;
    throw new StorageError("E_SIZE", text);
  }
  return { stat, body: reply.body };
}

/** A version's file lies in its commit, anything else on the branch. A manifest is there when the version is published. */
async function findPlace(
  context: HubContext,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Place | undefined> {
  const name = versionKey(key);
  if (name === undefined) return { revision: context.branch, path: key };
  await flushStage(context, name, signal);
  const { path } = name;
  const own = path === manifestName ? undefined : context.committed.get(idOf(name));
  const found = own ?? (await findVersion(context, name, signal));
  if (found === undefined) return undefined;
  const isThere = path === manifestName ? found.tag !== undefined : found.record.has(path);
  return isThere ? { revision: found.commit, path } : undefined;
}

async function statAt(
  context: HubContext,
  key: string,
  { revision, path }: Place,
  signal: AbortSignal | undefined,
): Promise<ObjectStat | undefined> {
  const [info] = await filesInfo(context, revision, [path], { signal, expand: true });
  return info && statOf(key, info);
}

/** The token of a content is its name in git or LFS, the same in every commit that has it. */
export function statOf(
  key: string,
  {
    lfs,
    oid,
    size,
    lastCommit,
  }: Pick<PathInfo, "lfs" | "oid" | "size"> & {
    readonly lastCommit?: { readonly date: Date | string } | undefined;
  },
): ObjectStat {
  const etag = lfs?.oid ?? oid;
  return {
    key,
    size: lfs?.size ?? size,
    ...(etag === undefined ? {} : { etag }),
    ...(lfs === undefined ? {} : { sha256: lfs.oid }),
    ...(lastCommit === undefined ? {} : { modifiedAt: new Date(lastCommit.date) }),
  };
}
