import { randomBytes } from "node:crypto";
import { mkdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Cache, Placement, Reservation } from "@plimsoll/cache";
import type { FetchEvent, FetchRequest, FetchResult } from "@plimsoll/fetch";
import { refuseLfsPointer, sizeBounds, type WeightEntry } from "@plimsoll/manifest";
import { chunkedWay } from "./bring-chunks.ts";
import type { Connections } from "./connections.ts";
import { readHead } from "./inspect-file.ts";
import { codeOf } from "./problem.ts";
import { isLocal, locateEntry } from "./locations.ts";
import { partName } from "./split-file.ts";
import { explainPointer } from "./received-pointer.ts";
import { refuseScanned } from "./scan-weight-file.ts";
import type { SyncSource } from "./sync-source.ts";
import { WeightsError } from "./error.ts";

/** One weight file that is to be in the app's folder. */
export interface WantedFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly entry: WeightEntry;
  /** What lies there was found to be other bytes. */
  readonly damaged?: boolean;
}

export interface BringContext {
  readonly cache: Cache;
  readonly source: SyncSource;
  readonly connections: Connections;
  /** The app's folder, absolute. */
  readonly dir: string;
  readonly offline?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly allowPickle?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: FetchEvent) => void) | undefined;
  readonly warn?: ((message: string) => void) | undefined;
}

/** How a file came. */
export interface BroughtFile {
  readonly outcome: "cached" | "fetched";
  readonly size: number;
  readonly sha256: string;
  readonly placement?: Placement;
  readonly receivedBytes: number;
  /** Bytes that came from files that were here: other versions, a damaged copy. */
  readonly localBytes?: number;
}

/** Somebody may empty the cache between a blob's arrival and its placing; then it is brought again. */
const TRIES = 3;

/**
 * Brings a file with a digest into the cache, unless it is there, and from there into the app's folder. Several
 * processes and several files of the same bytes cost one transfer. Throws what the cache and the fetch room throw, and
 * `E_LFS_POINTER` where a host gives a Git-LFS pointer instead of weights, and `E_SCAN` for what must not be loaded.
 */
export async function bringFile(
  file: WantedFile,
  sha256: string,
  context: BringContext,
): Promise<BroughtFile> {
  const { cache, dir: root, signal } = context;
  const call = signal ? { signal } : {};
  for (let attempt = 1; ; attempt++) {
    const forced = context.force === true && attempt === 1;
    // One that somebody reads under a lease cannot go; then it is at least hashed.
    if (forced) await cache.remove(sha256).catch(() => undefined);
    const found = await cache.find(sha256, { ...call, ...(forced && { full: true }) });
    const fetched = found === undefined ? await fetchIntoCache(file, sha256, context) : undefined;
    if (fetched === "lost" && attempt < TRIES) continue;
    // Another app may have brought it with other rules.
    if (found !== undefined) await refuseScanned(found, file.name, context);
    try {
      const { damaged = false } = file;
      const placement = await cache.place(sha256, file.path, { ...call, root, damaged });
      const { size } = await stat(file.path);
      const result = typeof fetched === "object" ? fetched : undefined;
      return {
        outcome: result ? "fetched" : "cached",
        size,
        sha256,
        placement,
        receivedBytes: result?.receivedBytes ?? 0,
        localBytes: result?.localBytes ?? 0,
      };
    } catch (error) {
      if (codeOf(error) !== "E_NOT_FOUND" || attempt >= TRIES) throw error;
    }
  }
}

/**
 * Fetches a file that nothing pins, and tells what came. Only for manifests without digests: from now on the cache and
 * the manifest know its bytes by the digest that they had.
 */
export async function bringUnpinned(file: WantedFile, context: BringContext): Promise<BroughtFile> {
  const { cache, dir: root, signal } = context;
  const call = signal ? { signal } : {};
  await mkdir(root, { recursive: true });
  const temporary = join(root, `.${randomBytes(6).toString("hex")}.received`);
  const partial = `${temporary}.partial`;
  try {
    const bounds = sizeBounds(file.entry);
    const result = await fetchFile(
      { name: file.name, to: temporary, partial, ...(bounds && { sizeBounds: bounds }) },
      file,
      context,
    );
    refuseLfsPointer(file.name, await readHead(temporary));
    await refuseScanned(temporary, file.name, context);
    const { size, sha256, receivedBytes } = result;
    await cache.adopt(temporary, sha256, { ...call, link: true });
    const placement = await cache.place(sha256, file.path, { ...call, root });
    return { outcome: "fetched", size, sha256, placement, receivedBytes };
  } finally {
    for (const left of [temporary, partial, `${partial}.journal`]) {
      await unlink(left).catch(() => undefined);
    }
  }
}

/** Undefined: another process brought it. "lost": another process took over, because this one seemed dead. */
async function fetchIntoCache(
  file: WantedFile,
  sha256: string,
  context: BringContext,
): Promise<FetchResult | "lost" | undefined> {
  const { cache, signal, onEvent } = context;
  const { name, entry } = file;
  const reservation: Reservation = await cache.reserve(sha256, {
    name,
    ...(entry.size !== undefined && { size: entry.size }),
    ...(signal && { signal }),
    onWait: (bytes) => onEvent?.({ type: "progress", name, bytes, size: entry.size }),
  });
  if (reservation.state === "present") return undefined;
  const { path, partial, lost } = reservation;
  try {
    const bounds = entry.size === undefined ? sizeBounds(entry) : undefined;
    const stop = signal ? AbortSignal.any([signal, lost]) : lost;
    const way = await chunkedWay(file, sha256, { ...context, signal: stop }, `${partial}.chunks`);
    const result = await fetchFile(
      {
        name,
        to: path,
        partial,
        sha256,
        ...(entry.size !== undefined && { size: entry.size }),
        ...(bounds && { sizeBounds: bounds }),
        ...encodingOf(entry),
        ...partsOf(file, context),
        ...way.request,
      },
      file,
      { ...context, signal: stop },
    );
    try {
      refuseLfsPointer(name, await readHead(path));
      await refuseScanned(path, name, context);
    } catch (error) {
      await unlink(path);
      throw error;
    }
    await reservation.commit();
    if (way.index) await cache.keepChunkIndex(sha256, way.index);
    return { ...result, receivedBytes: result.receivedBytes + way.receivedBytes };
  } catch (error) {
    signal?.throwIfAborted();
    if (lost.aborted) return "lost";
    throw error;
  } finally {
    await reservation.release();
  }
}

async function fetchFile(
  request: Omit<FetchRequest, "urls">,
  { name, entry }: WantedFile,
  context: BringContext,
): Promise<FetchResult> {
  const { connections, source, offline, signal } = context;
  const { withToken } = connections;
  const urls = request.parts ? [] : locateEntry(name, entry, source, { offline, withToken });
  const fetcher = await connections.fetcher();
  try {
    return await fetcher.fetchFile({ ...request, urls }, signal ? { signal } : {});
  } catch (error) {
    throw await explainPointer(error, { name, urls, connections, signal });
  }
}

function encodingOf(entry: WeightEntry): Pick<FetchRequest, "encoding"> {
  const { encoding, encoded_size, encoded_checksum } = entry;
  if (encoding === undefined || encoded_size === undefined || encoded_checksum === undefined) {
    return {};
  }
  return { encoding: { type: encoding, size: encoded_size, sha256: encoded_checksum } };
}

/** A file that some host keeps whole is taken from there; parts are for a file that none keeps whole. */
function partsOf(
  { name, entry }: WantedFile,
  { source, offline, connections }: BringContext,
): Pick<FetchRequest, "parts"> {
  if (entry.parts === undefined || entry.url !== undefined) return {};
  const parts = entry.parts.map(({ url, offset, size, checksum }, index) => ({
    urls: locateEntry(partName(name, index), { url }, source, connections),
    offset,
    size,
    sha256: checksum,
  }));
  if (offline && !parts.every(({ urls }) => urls.every(isLocal))) {
    throw new WeightsError(
      "E_NETWORK",
      `${name}: neither here nor in the cache, and the network may not be used (offline)`,
    );
  }
  return { parts };
}
