import { StorageError } from "../../error.ts";
import { commitPlanned, type CommitLine } from "./commit-lines.ts";
import { filesInfo, findVersion } from "./find-version.ts";
import type { HubContext } from "./hub-context.ts";
import { callHub, ifThere } from "./hub-fetch.ts";
import { listRecords } from "./list-objects.ts";
import { flushStage } from "./stage.ts";
import { idOf, manifestName, type VersionKey } from "./version-key.ts";
import { recordLine } from "./version-record.ts";

/**
 * Takes a file out of a version that is not published. The manifest of one that is goes with the version's tag; its
 * files can be removed after that, and stay in the repository's history as everything does.
 */
export async function removeFile(
  context: HubContext,
  name: VersionKey,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  await flushStage(context, name, signal);
  context.committed.delete(idOf(name));
  const found = await findVersion(context, name, signal);
  if (found === undefined) return;
  if (found.tag !== undefined) {
    if (name.path === manifestName) await removeTag(context, name, found.tag, signal);
    else if (found.record.has(name.path)) {
      const text = `hf://${context.repo}: ${name.path} is part of ${idOf(name)}, which is published: remove its ${manifestName} first`;
      throw new StorageError("E_USAGE", text);
    }
    return;
  }
  if (!found.record.has(name.path)) return;
  await context.turn(() => commitPlanned(context, (head) => plan(context, name, head, signal)));
}

async function removeTag(
  context: HubContext,
  name: VersionKey,
  tag: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = `tag/${encodeURIComponent(tag)}`;
  await ifThere(() => callHub(context, path, { method: "DELETE" }, signal));
  context.published.delete(idOf(name));
}

async function plan(
  context: HubContext,
  name: VersionKey,
  head: string,
  signal: AbortSignal | undefined,
) {
  const found = await findVersion(context, name, signal);
  const file = found?.record.get(name.path);
  if (found === undefined || file === undefined) return undefined;
  const record = new Map(found.record);
  record.delete(name.path);
  const lines: CommitLine[] = [recordLine(name, record)];
  const [info] = await filesInfo(context, head, [name.path], { signal });
  const isOurs = (info?.lfs?.oid ?? info?.oid) === file.oid;
  if (isOurs && !(await isShared(context, name, signal))) {
    lines.push({ key: "deletedFile", value: { path: name.path } });
  }
  return { title: `${idOf(name)}: without ${name.path}`, lines };
}

/** Whether another version has a file of that path, so that the one at the root may be its own. */
async function isShared(
  context: HubContext,
  name: VersionKey,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const other of await listRecords(context, signal)) {
    if (idOf(other) === idOf(name)) continue;
    if ((await findVersion(context, other, signal))?.record.has(name.path) === true) return true;
  }
  return false;
}
