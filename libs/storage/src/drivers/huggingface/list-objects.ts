import { listFiles, type ListFileEntry } from "@huggingface/hub";

import { isKey } from "../../check-key.ts";
import type { ListEntry, ListOptions } from "../../driver.ts";
import { filesInfo, findVersion } from "./find-version.ts";
import type { HubContext } from "./hub-context.ts";
import { hubFetch, ifThere } from "./hub-fetch.ts";
import { statOf } from "./read-object.ts";
import { flushAll } from "./stage.ts";
import {
  manifestName,
  recordOwner,
  versionKey,
  versionPrefix,
  type VersionName,
} from "./version-key.ts";

/** Objects below a prefix: documents as they lie on the branch, versions by the lists of their files. */
export async function* listObjects(
  context: HubContext,
  prefix: string,
  { depth = "deep", signal }: ListOptions = {},
): AsyncGenerator<ListEntry, void, void> {
  signal?.throwIfAborted();
  await flushAll(context, signal);
  const named = new Set<string>();
  const shorten = (key: string): string | undefined => {
    const slash = depth === "shallow" ? key.indexOf("/", prefix.length) : -1;
    return slash < 0 ? undefined : key.slice(0, slash + 1);
  };
  for await (const entry of allBelow(
    context,
    prefix,
    (key) => shorten(key) !== undefined,
    signal,
  )) {
    if (!entry.key.startsWith(prefix)) continue;
    const folder = shorten(entry.key);
    if (folder === undefined) yield entry;
    else if (!named.has(folder)) {
      named.add(folder);
      yield { type: "prefix", key: folder };
    }
  }
}

async function* allBelow(
  context: HubContext,
  prefix: string,
  isHidden: (key: string) => boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListEntry, void, void> {
  const entries = await tree(context, baseFolder(prefix), signal);
  const isEverywhere = !prefix.startsWith("models/");
  const taken = new Set<string>(isEverywhere ? [manifestName] : []);
  if (isEverywhere) {
    // Files of versions lie among the documents; their lists tell which they are.
    for (const name of await listRecords(context, signal)) {
      const found = await findVersion(context, name, signal);
      for (const path of found?.record.keys() ?? []) taken.add(path);
    }
  }
  for (const entry of entries) {
    const owner = recordOwner(entry.path);
    if (owner === undefined) {
      if (isKey(entry.path) && !taken.has(entry.path)) {
        yield { type: "object", ...statOf(entry.path, entry) };
      }
      continue;
    }
    const folder = versionPrefix(owner);
    // A shallow list names the version without a look into it.
    if (folder.startsWith(prefix) && isHidden(folder))
      yield { type: "object", key: folder, size: 0 };
    else yield* versionEntries(context, owner, signal);
  }
}

async function* versionEntries(
  context: HubContext,
  name: VersionName,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListEntry, void, void> {
  const found = await findVersion(context, name, signal);
  if (found === undefined) return;
  const folder = versionPrefix(name);
  for (const [path, { size, oid, lfs }] of found.record) {
    if (path === manifestName) continue;
    yield { type: "object", key: folder + path, size, etag: oid, ...(lfs && { sha256: oid }) };
  }
  if (found.tag === undefined) return;
  const [info] = await filesInfo(context, found.commit, [manifestName], { signal });
  if (info) yield { type: "object", ...statOf(folder + manifestName, info) };
}

/** Every version that has files on the branch, published or not. */
export async function listRecords(
  context: HubContext,
  signal: AbortSignal | undefined,
): Promise<readonly VersionName[]> {
  const entries = await tree(context, "models", signal);
  return entries.flatMap(({ path }) => recordOwner(path) ?? []);
}

/** The folder that holds all below a prefix; of a version's files it is where their list lies. */
function baseFolder(prefix: string): string {
  const inside = versionKey(prefix.endsWith("/") ? `${prefix}0` : prefix);
  if (inside !== undefined) return versionPrefix(inside).slice(0, -1);
  return prefix.slice(0, Math.max(prefix.lastIndexOf("/"), 0));
}

async function tree(
  context: HubContext,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<readonly ListFileEntry[]> {
  const { repo, endpoint, token, branch } = context;
  const read = async (): Promise<readonly ListFileEntry[]> => {
    const found: ListFileEntry[] = [];
    for await (const entry of listFiles({
      repo,
      hubUrl: endpoint,
      revision: encodeURIComponent(branch),
      recursive: true,
      ...(folder === "" ? {} : { path: folder }),
      fetch: hubFetch(context, signal),
      ...(token === undefined ? {} : { accessToken: token }),
    })) {
      if (entry.type === "file") found.push(entry);
    }
    return found;
  };
  return (await ifThere(read)) ?? [];
}
