import type { ByteSource } from "../../byte-source.ts";
import type { ObjectStat, WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { commitPlanned, type CommitPlan } from "./commit-lines.ts";
import { findVersion, type FoundVersion } from "./find-version.ts";
import { nameOf, type HubContext } from "./hub-context.ts";
import { restoreLines } from "./restore-lines.ts";
import { uploadContent, type UploadedFile } from "./upload-content.ts";
import {
  checkVersionPath,
  idOf,
  versionPrefix,
  type VersionKey,
  type VersionName,
} from "./version-key.ts";
import { recordLine, type VersionRecord } from "./version-record.ts";

interface StagedFile extends UploadedFile {
  readonly onlyIfAbsent: boolean;
}

/** Files of a version that were uploaded and wait for their common commit. */
export interface Stage {
  readonly name: VersionName;
  /** What the repository had of the version when the first of them came. */
  readonly base: Promise<FoundVersion | undefined>;
  readonly files: Map<string, StagedFile>;
}

/** Uploads a file of a version that is not published yet; `flushStage` commits it with the others. */
export async function stageFile(
  context: HubContext,
  key: string,
  name: VersionKey,
  source: ByteSource,
  options: WriteOptions,
): Promise<ObjectStat> {
  checkVersionPath(name);
  options.signal?.throwIfAborted();
  const { onlyIfAbsent = false } = options;
  let stage = context.stages.get(idOf(name));
  if (stage === undefined) {
    stage = { name, base: findVersion(context, name), files: new Map() };
    stage.base.catch(() => context.stages.delete(idOf(name)));
    context.stages.set(idOf(name), stage);
  }
  const base = await stage.base;
  const expectFree = (): void => {
    const isTaken = base?.record.has(name.path) === true || stage.files.has(name.path);
    if (base?.tag !== undefined) throw published(context, name);
    if (onlyIfAbsent && isTaken) throw exists(context, key);
  };
  expectFree();
  const uploaded = await uploadContent(context, name.path, source, options);
  expectFree();
  stage.files.set(name.path, { ...uploaded, onlyIfAbsent });
  // The stage may have been committed while this file was on its way.
  if (!context.stages.has(idOf(name))) context.stages.set(idOf(name), stage);
  const { size, oid, sha256 } = uploaded;
  return { key, size, etag: oid, sha256 };
}

/**
 * Commits what is staged of a version, in one commit together with the list of its files. Of several publishers with
 * other bytes one is first; the others get `E_EXISTS`, and nothing of theirs is committed.
 */
export async function flushStage(
  context: HubContext,
  name: VersionName,
  signal?: AbortSignal,
): Promise<void> {
  if (!context.stages.has(idOf(name))) return;
  await context.turn(async () => {
    const stage = context.stages.get(idOf(name));
    if (stage === undefined) return;
    const files = new Map(stage.files);
    if (files.size > 0) {
      try {
        let record: VersionRecord = new Map();
        const planned = async (head: string): Promise<CommitPlan | undefined> => {
          const next = await plan(context, name, files, head, signal);
          record = next?.record ?? record;
          return next;
        };
        const commit = await commitPlanned(context, planned, signal);
        if (commit === undefined) context.committed.delete(idOf(name));
        else context.committed.set(idOf(name), { commit, record, tag: undefined });
      } catch (error) {
        const isRefused = error instanceof StorageError && error.code === "E_EXISTS";
        if (isRefused) context.stages.delete(idOf(name));
        throw error;
      }
    }
    for (const [path, file] of files) if (stage.files.get(path) === file) stage.files.delete(path);
    if (stage.files.size === 0) context.stages.delete(idOf(name));
    else context.stages.set(idOf(name), { ...stage, base: findVersion(context, name) });
  });
}

/** Commits what is staged of every version. */
export async function flushAll(context: HubContext, signal?: AbortSignal): Promise<void> {
  for (const { name } of [...context.stages.values()]) await flushStage(context, name, signal);
}

async function plan(
  context: HubContext,
  name: VersionName,
  files: ReadonlyMap<string, StagedFile>,
  head: string,
  signal: AbortSignal | undefined,
) {
  const found = await findVersion(context, name, signal);
  const record = new Map(found?.record);
  let isNew = false;
  for (const [path, { oid, size, lfs, onlyIfAbsent }] of files) {
    const known = record.get(path);
    if (known?.oid === oid) continue;
    if (found?.tag !== undefined) throw published(context, name);
    if (known && onlyIfAbsent) throw exists(context, versionPrefix(name) + path);
    record.set(path, { size, oid, lfs });
    isNew = true;
  }
  if (!isNew) return undefined;
  const lines = [...files.values()].map(({ line }) => line);
  const replaced = (path: string): boolean => files.has(path);
  const restored = found === undefined ? [] : await restoreLines(context, head, found, signal);
  return {
    title: `${idOf(name)}: files`,
    record,
    lines: [
      ...lines,
      ...restored.filter(({ value }) => !replaced(value.path)),
      recordLine(name, record),
    ],
  };
}

export const exists = (context: HubContext, key: string, cause?: unknown): StorageError =>
  new StorageError("E_EXISTS", `${nameOf(context, key)}: exists already; nothing was stored`, {
    cause,
  });

/** A published version takes no change. */
export const published = (context: HubContext, name: VersionName): StorageError =>
  new StorageError(
    "E_EXISTS",
    `hf://${context.repo}: ${idOf(name)} is published and never changes: publish under a new version`,
  );
