import { pathsInfo, type PathInfo } from "@huggingface/hub";

import { commitOf } from "./commit-lines.ts";
import type { HubContext } from "./hub-context.ts";
import { hubFetch, ifThere } from "./hub-fetch.ts";
import { idOf, recordPath, tagsOf, type VersionName } from "./version-key.ts";
import { readRecord, type VersionRecord } from "./version-record.ts";

/** A version in the repository. */
export interface FoundVersion {
  /** The commit in which its files are read. */
  readonly commit: string;
  readonly record: VersionRecord;
  /** Undefined while it is not published. */
  readonly tag: string | undefined;
}

/** What the hub says of some paths in a revision; what is absent, or a folder, is left out. */
export async function filesInfo(
  context: HubContext,
  revision: string,
  paths: readonly string[],
  { signal, expand = false }: { readonly signal?: AbortSignal | undefined; expand?: boolean },
): Promise<readonly PathInfo[]> {
  const { repo, endpoint, token } = context;
  const found: PathInfo[] = [];
  for (let start = 0; start < paths.length; start += 500) {
    const part = await pathsInfo({
      repo,
      hubUrl: endpoint,
      revision,
      paths: paths.slice(start, start + 500),
      expand,
      fetch: hubFetch(context, signal),
      ...(token === undefined ? {} : { accessToken: token }),
    });
    found.push(...part.filter(({ type }) => type === "file"));
  }
  return found;
}

/** A version by its tag; without one by its record on the branch, as the last commit of its files left it. */
export async function findVersion(
  context: HubContext,
  name: VersionName,
  signal?: AbortSignal,
): Promise<FoundVersion | undefined> {
  return (await findPublished(context, name, signal)) ?? (await findBegun(context, name, signal));
}

async function findPublished(
  context: HubContext,
  name: VersionName,
  signal: AbortSignal | undefined,
): Promise<FoundVersion | undefined> {
  const known = context.published.get(idOf(name));
  if (known !== undefined) return known;
  for (const tag of tagsOf(name)) {
    const commit = await ifThere(() => commitOf(context, tag, signal));
    if (commit === undefined) continue;
    // A tag of that name may be another model's, or nobody's of ours.
    const record = await readRecord(context, commit, name, signal);
    if (record === undefined) continue;
    const found = { commit, record, tag };
    context.published.set(idOf(name), found);
    return found;
  }
  return undefined;
}

async function findBegun(
  context: HubContext,
  name: VersionName,
  signal: AbortSignal | undefined,
): Promise<FoundVersion | undefined> {
  const { branch } = context;
  const [info] = await filesInfo(context, branch, [recordPath(name)], { signal, expand: true });
  const commit = info?.lastCommit?.id;
  if (commit === undefined) return undefined;
  const record = await readRecord(context, commit, name, signal);
  return record && { commit, record, tag: undefined };
}
