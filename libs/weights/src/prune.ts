import { compareReleases, isModelName, parseRelease, printable } from "@plimsoll/manifest";
import type { Driver, ObjectStat } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { listChannels } from "./list-channels.ts";
import { listVersions } from "./list-versions.ts";
import { parallel } from "./parallel.ts";
import { storeKeys } from "./store-keys.ts";

export interface PruneOptions {
  /** So many of the newest versions stay, at least 1. */
  readonly keep: number;
  /** Really removes; default false: only says what would go. */
  readonly remove?: boolean;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
  /** Called when a version is gone, with its files. */
  readonly onRemoved?: (version: string) => void;
}

/** One version of the model, and why it stays or goes. */
export interface PrunedVersion {
  readonly version: string;
  readonly fate: "kept" | "removed" | "to be removed";
  /**
   * newest: among the newest N · channel: a channel names it · unpinned: a folder without a manifest that no publish of
   * ours began · unfinished: a publish that may still be under way · old: none of these.
   */
  readonly reason: "newest" | "channel" | "unpinned" | "unfinished" | "old";
  /** Channels that name it. */
  readonly channels: readonly string[];
  /** Objects and bytes of the version, manifest and checksums included; counted for what goes. */
  readonly objects: number;
  readonly bytes: number;
}

/** A publish that began so long ago is not under way any more. */
const STALE_MS = 24 * 3600 * 1000;

/**
 * Removes old versions of a model: all but the `keep` newest (by semver) and those that a channel names now. What goes
 * loses its manifest first, so that it is invisible at once, and `SHA256SUMS` last: a run that ended in the middle is
 * finished by the next. Folders filled by hand are left alone; leftovers of a publish go when they are a day old.
 *
 * A version's bytes are gone for every manifest that pins them. Channels are read again before each removal. Gives every
 * version, newest first. Throws `E_USAGE`, `E_AUTH` for a store that can only be read, and what the store throws.
 */
export async function pruneVersions(
  driver: Driver,
  model: string,
  options: PruneOptions,
): Promise<PrunedVersion[]> {
  if (!isModelName(model))
    throw new WeightsError("E_USAGE", `"${printable(model)}": no model name`);
  if (!Number.isSafeInteger(options.keep) || options.keep < 1) {
    throw new WeightsError("E_USAGE", `prune ${model}: keep at least 1 version`);
  }
  if (driver.kind === "http") {
    throw new WeightsError(
      "E_AUTH",
      `${driver.url}: a plain web server can only be read: name the store behind it`,
    );
  }
  const call = options.signal ? { signal: options.signal } : {};
  const channels = await channelsByVersion(driver, model, call);
  const listed = await listVersions(driver, model, call);
  const published = listed.filter(({ state }) => state === "published");
  const newest = new Set(published.slice(0, options.keep).map(({ version }) => version));
  const oldestNewest = published[Math.min(options.keep, published.length) - 1]?.version;
  const result: PrunedVersion[] = [];
  for (const { version, state } of listed) {
    options.signal?.throwIfAborted();
    const named = channels.get(version) ?? [];
    const base = { version, channels: named, objects: 0, bytes: 0 };
    const stays = (reason: PrunedVersion["reason"]): void =>
      void result.push({ ...base, fate: "kept", reason });
    if (newest.has(version)) stays("newest");
    else if (named.length > 0) stays("channel");
    else if (parseRelease(version) === undefined) stays("unpinned");
    else {
      const objects = await objectsOf(driver, storeKeys.version(model, version), call);
      if (state === "unpinned") {
        const sums = storeKeys.checksums(model, version);
        const isOurs = objects.some(({ key }) => key === sums);
        const isOlder = oldestNewest !== undefined && compareReleases(version, oldestNewest) < 0;
        if (!isOurs) {
          stays("unpinned");
          continue;
        }
        if (!isOlder || !isStale(objects, options.now?.() ?? new Date())) {
          stays("unfinished");
          continue;
        }
      }
      const bytes = objects.reduce((sum, { size }) => sum + size, 0);
      const going = { ...base, reason: "old", objects: objects.length, bytes } as const;
      if (!options.remove) result.push({ ...going, fate: "to be removed" });
      else {
        const now = (await channelsByVersion(driver, model, call)).get(version) ?? [];
        if (now.length > 0) {
          result.push({ ...base, channels: now, fate: "kept", reason: "channel" });
          continue;
        }
        await removeVersion(driver, model, version, objects, call);
        options.onRemoved?.(version);
        result.push({ ...going, fate: "removed" });
      }
    }
  }
  return result;
}

async function removeVersion(
  driver: Driver,
  model: string,
  version: string,
  objects: readonly ObjectStat[],
  call: { readonly signal?: AbortSignal },
): Promise<void> {
  const manifest = storeKeys.manifest(model, version);
  const sums = storeKeys.checksums(model, version);
  const rest = objects.filter(({ key }) => key !== manifest && key !== sums);
  await driver.remove(manifest, call);
  await parallel(rest, 8, ({ key }) => driver.remove(key, call));
  await driver.remove(sums, call);
}

async function channelsByVersion(
  driver: Driver,
  model: string,
  call: { readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const named = new Map<string, string[]>();
  for (const { version, channel } of await listChannels(driver, model, call)) {
    named.set(version, [...(named.get(version) ?? []), channel]);
  }
  return named;
}

async function objectsOf(
  driver: Driver,
  prefix: string,
  call: { readonly signal?: AbortSignal },
): Promise<ObjectStat[]> {
  const objects: ObjectStat[] = [];
  for await (const entry of driver.list(prefix, call)) {
    if (entry.type === "object") objects.push(entry);
  }
  return objects;
}

function isStale(objects: readonly ObjectStat[], now: Date): boolean {
  return objects.every(
    ({ modifiedAt }) => modifiedAt !== undefined && now.getTime() - modifiedAt.getTime() > STALE_MS,
  );
}
