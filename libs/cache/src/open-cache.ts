import type { Cache, CacheOptions } from "./cache.ts";
import { checkDir } from "./check-dir.ts";
import { checkFile, prove, proven } from "./check-file.ts";
import { makeContext } from "./make-context.ts";
import { defaultCacheDir } from "./default-dir.ts";
import { cacheLayout, checkDigest } from "./layout.ts";

/** The verbs, each loaded when it is first called: a sync that finds all in place needs none of them. */
const verbs = {
  adopt: async () => (await import("./adopt.ts")).adopt,
  chunkIndex: async () => (await import("./chunk-indexes.ts")).chunkIndex,
  clear: async () => (await import("./clear.ts")).clear,
  indexed: async () => (await import("./chunk-indexes.ts")).indexed,
  keepChunkIndex: async () => (await import("./chunk-indexes.ts")).keepChunkIndex,
  findBlob: async () => (await import("./blob.ts")).findBlob,
  gc: async () => (await import("./gc.ts")).gc,
  lease: async () => (await import("./lease.ts")).lease,
  pin: async () => (await import("./pin.ts")).pin,
  place: async () => (await import("./place.ts")).place,
  removeBlob: async () => (await import("./remove-blob.ts")).removeBlob,
  reserve: async () => (await import("./reserve.ts")).reserve,
  status: async () => (await import("./status.ts")).status,
  unpin: async () => (await import("./pin.ts")).unpin,
  verify: async () => (await import("./verify.ts")).verify,
};

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
      const path = await (await verbs.findBlob())(context, checkDigest(sha256), findOptions);
      if (path !== undefined) await context.uses.note("hit", sha256);
      return path;
    },
    reserve: async (sha256, reserveOptions) =>
      await (
        await verbs.reserve()
      )(context, sha256, reserveOptions),
    adopt: async (file, sha256, adoptOptions) =>
      await (
        await verbs.adopt()
      )(context, refusals, file, sha256, adoptOptions),
    place: async (sha256, to, placeOptions) =>
      await (
        await verbs.place()
      )(context, refusals, sha256, to, placeOptions),
    isProven: async (path, sha256) => checkDigest(sha256) === (await proven(context, path)),
    proven: (path) => proven(context, path),
    prove: (path, sha256, proveOptions) =>
      prove(context, path, sha256, proveOptions?.startedAtMs ?? context.now()),
    check: (path, sha256, checkOptions) => checkFile(context, path, sha256, checkOptions),
    lease: async (sha256) => await (await verbs.lease())(context, sha256),
    pin: async (sha256) => await (await verbs.pin())(context, sha256),
    unpin: async (sha256) => await (await verbs.unpin())(context, sha256),
    chunkIndex: async (sha256) => await (await verbs.chunkIndex())(context, sha256),
    keepChunkIndex: async (sha256, index) =>
      await (
        await verbs.keepChunkIndex()
      )(context, sha256, index),
    indexed: async (limit) => await (await verbs.indexed())(context, limit),
    status: async () => await (await verbs.status())(context),
    verify: async (verifyOptions) => await (await verbs.verify())(context, verifyOptions),
    remove: async (sha256) => {
      const digest = checkDigest(sha256);
      await context.prepare();
      return (await (await verbs.removeBlob())(context, digest)) === "removed";
    },
    gc: async (gcOptions) => await (await verbs.gc())(context, gcOptions),
    clear: async () => await (await verbs.clear())(context),
  };
}
