import type { ByteSource } from "../../byte-source.ts";
import type { CallOptions, ObjectStat, WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { HttpError } from "../../http/http-error.ts";
import { commitPlanned } from "./commit-lines.ts";
import { findVersion } from "./find-version.ts";
import { resolveUrl, type HubContext } from "./hub-context.ts";
import { callHub } from "./hub-fetch.ts";
import { restoreLines } from "./restore-lines.ts";
import { flushStage, published } from "./stage.ts";
import { uploadContent } from "./upload-content.ts";
import { idOf, tagsOf, type VersionKey, type VersionName } from "./version-key.ts";
import { recordLine } from "./version-record.ts";

/**
 * Makes a version visible: its manifest in a commit after that of the files, and the version's tag on that commit. A tag
 * is created once: of several publishers one gets it, the others `E_EXISTS`.
 */
export async function publishManifest(
  context: HubContext,
  key: string,
  name: VersionKey,
  source: ByteSource,
  options: WriteOptions,
): Promise<ObjectStat> {
  const { signal } = options;
  await flushStage(context, name, signal);
  const { size, oid, lfs, sha256, line } = await uploadContent(context, name.path, source, options);
  return await context.turn(async () => {
    const commit = await commitPlanned(
      context,
      async (head) => {
        const found = await findVersion(context, name, signal);
        if (found?.tag !== undefined) throw published(context, name);
        const before = found
          ? await restoreLines(context, head, found, signal)
          : [recordLine(name, new Map([[name.path, { size, oid, lfs }]]))];
        return { title: `${idOf(name)}: manifest`, lines: [...before, line] };
      },
      signal,
    );
    if (commit === undefined) throw published(context, name);
    await createTag(context, name, commit, signal);
    context.committed.delete(idOf(name));
    return { key, size, etag: oid, sha256 };
  });
}

async function createTag(
  context: HubContext,
  name: VersionName,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const tag of tagsOf(name)) {
    try {
      await callHub(
        context,
        `tag/${commit}`,
        {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ tag, message: idOf(name) }),
        },
        signal,
      );
      return;
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 409) throw error;
      const found = await findVersion(context, name, signal);
      // An answer that was lost on its way: the tag is ours.
      if (found?.tag !== undefined && found.commit === commit) return;
      if (found?.tag !== undefined) throw published(context, name);
    }
  }
  const text = `hf://${context.repo}: the tags ${tagsOf(name).join(" and ")} are taken by something else: remove one, or publish under a new version`;
  throw new StorageError("E_EXISTS", text);
}

/** Whether a version is visible, as `release.publish` is to leave it: its manifest's own write has made the tag. */
export async function expectPublished(
  context: HubContext,
  name: VersionName,
  { signal }: CallOptions,
): Promise<void> {
  const found = await findVersion(context, name, signal);
  if (found?.tag !== undefined) return;
  const text = `hf://${context.repo}: ${idOf(name)} has no manifest yet: publish it again`;
  throw new StorageError("E_NOT_FOUND", text);
}

/** URLs of a version's files in the commit that holds them, so that no later commit changes what they give. */
export async function locateVersion(
  context: HubContext,
  name: VersionName,
  paths: readonly string[],
  { signal }: CallOptions,
): Promise<ReadonlyMap<string, string>> {
  await flushStage(context, name, signal);
  const found = context.committed.get(idOf(name)) ?? (await findVersion(context, name, signal));
  const missing = paths.filter((path) => found?.record.has(path) !== true);
  if (found === undefined || missing.length > 0) {
    const text = `hf://${context.repo}: ${idOf(name)} has no ${missing.join(", ")} yet, and its URLs name the commit that it comes with`;
    throw new StorageError("E_NOT_FOUND", text);
  }
  return new Map(paths.map((path) => [path, resolveUrl(context, found.commit, path)]));
}
