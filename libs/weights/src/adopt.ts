import { compareReleases, isModelName, parseRelease, printable } from "@plimsoll/manifest";
import type { Driver, ObjectStat } from "@plimsoll/storage";
import { adoptVersion } from "./adopt-version.ts";
import { isWeightFile } from "./collect.ts";
import { WeightsError } from "./error.ts";
import { hashStored, type StoredFile } from "./hash-stored.ts";
import { listModels } from "./list-models.ts";
import { listVersions } from "./list-versions.ts";
import { movePointer } from "./move-pointer.ts";
import { parallel } from "./parallel.ts";
import { readPointer } from "./read-pointer.ts";
import { readRelease } from "./read-release.ts";
import { weightDifferences } from "./same-weights.ts";
import { storeKeys } from "./store-keys.ts";

export interface AdoptOptions {
  /** Default: every model of the store. */
  readonly model?: string;
  /** Hashes and writes; default false: only lists what is there. */
  readonly write?: boolean;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
  readonly onProgress?: (key: string, bytes: number, size: number) => void;
  readonly onWarning?: (message: string) => void;
}

/** A folder without a manifest, and what became of it. */
export interface AdoptedFolder {
  readonly model: string;
  /** Name of the folder: a version, or `latest`. */
  readonly version: string;
  readonly files: number;
  readonly bytes: number;
  /**
   * unpinned: would be adopted · adopted: now has a manifest · unfinished: a publish of ours that did not finish ·
   * channel: `latest` now points to the version with these bytes · same: `latest` names them already · reported: no
   * version has these bytes, or the folder's name is no version: left alone.
   */
  readonly outcome: "unpinned" | "adopted" | "unfinished" | "channel" | "same" | "reported";
  /** Of `latest`: the version with the same bytes. */
  readonly equals?: string;
  /** What to do, or why nothing was done. */
  readonly note?: string;
}

interface Folder {
  readonly model: string;
  readonly version: string;
  readonly stats: readonly ObjectStat[];
}

/**
 * Pins what was uploaded by hand, `aws s3 cp` into `models/<model>/<version>/`: reads every weight file to its end, once,
 * and writes the version's manifest, which makes it visible and pinned. No file is moved or changed. A folder `latest/`
 * becomes a channel pointer to the version with the same bytes, where the model has no such channel yet.
 *
 * Throws `E_NOT_FOUND` for a model that is not there, `E_CONFLICT` for a file that changes meanwhile, `E_EXISTS` for
 * somebody else's manifest of other bytes, and what the store throws.
 */
export async function adoptFolders(
  driver: Driver,
  options: AdoptOptions = {},
): Promise<AdoptedFolder[]> {
  if (options.model !== undefined && !isModelName(options.model)) {
    throw new WeightsError("E_USAGE", `"${printable(options.model)}": no model name`);
  }
  const call = options.signal ? { signal: options.signal } : {};
  const models = options.model === undefined ? await listModels(driver, call) : [options.model];
  const result: AdoptedFolder[] = [];
  for (const model of models) {
    const listed = await listVersions(driver, model, call);
    if (listed.length === 0 && options.model !== undefined) {
      throw new WeightsError("E_NOT_FOUND", `${model}: no such model at ${driver.url}`);
    }
    const unpinned = listed.filter(({ state }) => state === "unpinned");
    // Versions first, oldest to newest: `latest` is then compared with versions that are pinned.
    unpinned.sort(
      (a, b) => rank(a.version) - rank(b.version) || compareReleases(a.version, b.version),
    );
    for (const { version } of unpinned) {
      const stats = await statsOf(driver, model, version, call);
      const folder = { model, version, stats };
      result.push(await adoptFolder(driver, folder, options));
    }
  }
  return result;
}

const rank = (version: string): number => (parseRelease(version) === undefined ? 1 : 0);

async function adoptFolder(
  driver: Driver,
  { model, version, stats }: Folder,
  options: AdoptOptions,
): Promise<AdoptedFolder> {
  const prefix = storeKeys.version(model, version);
  const weights = stats.filter(({ key }) => isWeightFile(key.slice(prefix.length)));
  // Beside weights a metadata.json describes them and is none.
  const files = weights.filter(({ key }) => !isDescription(key.slice(prefix.length)));
  const facts = {
    model,
    version,
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
  };
  if (stats.some(({ key }) => key === storeKeys.checksums(model, version))) {
    const note = "a publish that did not finish: publish it again, nothing here is proven complete";
    return { ...facts, outcome: "unfinished", note };
  }
  if (files.length === 0) return { ...facts, outcome: "reported", note: "no weight files in it" };
  const isVersion = parseRelease(version) !== undefined;
  if (!isVersion && version !== "latest") {
    const note = `not a version's name: copy it to ${storeKeys.version(model, "v1.0.0")} or the like`;
    return { ...facts, outcome: "reported", note };
  }
  if (!options.write) return { ...facts, outcome: "unpinned" };
  const hashed = await hashAll(driver, prefix, files, options);
  if (!isVersion) return { ...facts, ...(await adoptLatest(driver, model, hashed, options)) };
  await adoptVersion(driver, { model, version, files: hashed, stats }, options);
  return { ...facts, outcome: "adopted" };
}

/** `latest/` holds a copy of a version: that becomes what the channel names. */
async function adoptLatest(
  driver: Driver,
  model: string,
  files: readonly StoredFile[],
  options: AdoptOptions,
): Promise<Pick<AdoptedFolder, "outcome" | "equals" | "note">> {
  const call = options.signal ? { signal: options.signal } : {};
  for (const { version, state } of await listVersions(driver, model, call)) {
    if (state !== "published" || parseRelease(version) === undefined) continue;
    const { manifest } = await readRelease(driver, model, version, call);
    if (weightDifferences(manifest.manifest, files).length > 0) continue;
    const current = (await readPointer(driver, model, "latest", call))?.pointer;
    if (current?.version === version) return { outcome: "same", equals: version };
    if (current !== undefined) {
      const note = `the channel latest names ${current.version} and is left there; the folder has the bytes of ${version}`;
      return { outcome: "reported", equals: version, note };
    }
    await movePointer(
      driver,
      {
        model,
        channel: "latest",
        version,
        manifest: { checksum: manifest.digest, size: manifest.bytes.length },
        issuedAt: options.now?.() ?? new Date(),
      },
      call,
    );
    return { outcome: "channel", equals: version };
  }
  const note = `no version of ${model} has these bytes: publish them as one, or copy them to ${storeKeys.version(model, "v1.0.0")} or the like and adopt again`;
  return { outcome: "reported", note };
}

export function isDescription(name: string): boolean {
  return ["metadata.json", "model_metadata.json"].includes(name);
}

async function hashAll(
  driver: Driver,
  prefix: string,
  stats: readonly ObjectStat[],
  options: AdoptOptions,
): Promise<StoredFile[]> {
  return await parallel(stats, 4, async (stat) =>
    hashStored(driver, stat.key.slice(prefix.length), stat, {
      signal: options.signal,
      onProgress: (bytes) => options.onProgress?.(stat.key, bytes, stat.size),
    }),
  );
}

async function statsOf(
  driver: Driver,
  model: string,
  version: string,
  call: { readonly signal?: AbortSignal },
): Promise<ObjectStat[]> {
  const stats: ObjectStat[] = [];
  for await (const entry of driver.list(storeKeys.version(model, version), call)) {
    if (entry.type === "object") stats.push(entry);
  }
  return stats.sort((a, b) => (a.key < b.key ? -1 : 1));
}
