import { setTimeout as wait } from "node:timers/promises";
import { adopt } from "./adopt.ts";
import { findBlob } from "./blob.ts";
import type { Cache, CacheOptions } from "./cache.ts";
import { checkDir } from "./check-dir.ts";
import { checkFile, prove, proven } from "./check-file.ts";
import { clear } from "./clear.ts";
import { prepareCache, type CacheContext } from "./context.ts";
import { defaultCacheDir } from "./default-dir.ts";
import { shown } from "./disk-error.ts";
import { gc } from "./gc.ts";
import { newToken } from "./holder.ts";
import { cacheLayout, checkDigest, type Layout } from "./layout.ts";
import { lease } from "./lease.ts";
import { sweepCache } from "./leftovers.ts";
import { lockDefaults } from "./lock.ts";
import { pin, unpin } from "./pin.ts";
import { place } from "./place.ts";
import { ProofLog } from "./proof-log.ts";
import { reserve } from "./reserve.ts";
import { freeBytesOf } from "./space.ts";
import { status } from "./status.ts";
import { UseLog } from "./use-log.ts";
import { verify } from "./verify.ts";

/**
 * Opens the cache in `dir`. Nothing is written before something must be: a missing folder is an empty cache, a
 * read-only one can be found in and placed from. Throws `E_AUTH` for a cache of another user (row D11) and, in
 * production, for one that others may write to; `E_DISK` for one that cannot be read.
 */
export async function openCache(options: CacheOptions = {}): Promise<Cache> {
  const { env = process.env, log = () => undefined } = options;
  const layout = cacheLayout(options.dir ?? defaultCacheDir(env, process.platform));
  await checkDir(layout, {
    production: env["NODE_ENV"] === "production",
    log,
    uid: options.uid ?? process.geteuid?.(),
  });
  const context = makeContext(layout, { ...options, log });
  const refusals = new Set<string>();
  return {
    dir: layout.dir,
    find: async (sha256, findOptions) => {
      const path = await findBlob(context, checkDigest(sha256), findOptions);
      if (path !== undefined) await context.uses.note("hit", sha256);
      return path;
    },
    reserve: (sha256, reserveOptions) => reserve(context, sha256, reserveOptions),
    adopt: (file, sha256, adoptOptions) => adopt(context, refusals, file, sha256, adoptOptions),
    place: (sha256, to, placeOptions) => place(context, refusals, sha256, to, placeOptions),
    isProven: async (path, sha256) => (await proven(context, path)) === checkDigest(sha256),
    proven: (path) => proven(context, path),
    prove: (path, sha256, proveOptions) =>
      prove(context, path, sha256, proveOptions?.startedAtMs ?? context.now()),
    check: (path, sha256, checkOptions) => checkFile(context, path, sha256, checkOptions),
    lease: (sha256) => lease(context, sha256),
    pin: (sha256) => pin(context, sha256),
    unpin: (sha256) => unpin(context, sha256),
    status: () => status(context),
    verify: (verifyOptions) => verify(context, verifyOptions),
    gc: (gcOptions) => gc(context, gcOptions),
    clear: () => clear(context),
  };
}

function makeContext(
  layout: Layout,
  options: CacheOptions & { readonly log: (line: string) => void },
): CacheContext {
  const { now = Date.now, log, freeBytes = freeBytesOf } = options;
  const folders = new Map<string, ProofLog>();
  let swept = false;
  const prepare = async (): Promise<void> => {
    await prepareCache(layout);
    if (swept) return;
    swept = true;
    await sweepCache(context).catch((error: unknown) => {
      log(`${shown(layout.root)}: could not remove leftovers: ${String(error)}`);
    });
  };
  const writable = async (): Promise<boolean> => {
    try {
      await prepare();
      return true;
    } catch {
      return false;
    }
  };
  const shared = { temporary: () => layout.temporary(newToken()), writable };
  const context: CacheContext = {
    layout,
    blobProofs: new ProofLog({ ...shared, path: layout.blobState, folder: layout.blobs }),
    folderProofs: (folder) => {
      let proofs = folders.get(folder);
      if (!proofs) {
        proofs = new ProofLog({ ...shared, path: layout.folderState(folder), folder });
        folders.set(folder, proofs);
      }
      return proofs;
    },
    uses: new UseLog({ ...shared, path: layout.uses, now }),
    lockTimes: { ...lockDefaults, ...options.lockTimes },
    now,
    sleep: options.sleep ?? sleep,
    log,
    freeBytes,
    prepare,
    writable,
    sweptFolders: new Set(),
  };
  return context;
}

/** Ends early, with the signal's own reason, when it aborts. */
async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
