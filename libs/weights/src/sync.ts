import { join, resolve } from "node:path";
import { openCache } from "@plimsoll/cache";
import type { FetchEvent } from "@plimsoll/fetch";
import type { ParsedManifest } from "@plimsoll/manifest";
import type { BringContext, WantedFile } from "./bring-file.ts";
import { openConnections } from "./connections.ts";
import { parallel } from "./parallel.ts";
import { keepProofs } from "./keep-proofs.ts";
import { openSource } from "./open-source.ts";
import { asOwn, combine, problemOf } from "./problem.ts";
import { settlePin } from "./settle-pin.ts";
import type { SyncOptions, SyncResult } from "./sync-request.ts";
import { fail, settle, type SyncRun } from "./sync-run.ts";
import { defaultDir } from "./sync-source.ts";
import { takeStock } from "./take-stock.ts";
import { openTrustMemory } from "./trust-memory.ts";

/** Files that are being brought at the same time; their transfers share one pool of lanes. */
const FILES_AT_ONCE = 16;

/**
 * Makes a folder hold exactly the files of a manifest. What is proven is not read again, what the cache has is linked,
 * the rest is fetched, verified and put in place whole; nothing unproven ever stands under a weight file's name. Other
 * files of the folder are left alone. Damaged files are replaced, so syncing again repairs.
 *
 * A failed file with `required: false` is a warning. Others make the sync fail when all files are through, with the code
 * of the first and a line for each. A manifest that was received is written to `<dir>/manifest.json` at the end.
 *
 * Throws `WeightsError`, and with one failure only what the room below threw: `E_NOT_FOUND`, `E_AUTH`, `E_NETWORK`,
 * `E_DIGEST`, `E_SIZE`, `E_LIMIT` (no room on the disk), `E_LFS_POINTER`, `E_MISMATCH` (a manifest of another version),
 * `E_PIN` (`frozen`), `E_SCAN`, `E_YANKED`, with keys `E_SIG`, `E_KEY`, `E_ROLLBACK`, `E_EQUIVOCATION`, `E_SEQUENCE` and `E_STALE`,
 * all before anything is cached or placed, and the parser's codes.
 */
export async function syncWeights(options: SyncOptions): Promise<SyncResult> {
  const startedAt = performance.now();
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
    options.onEvent?.({ type: "warning", message });
  };
  const onFetchEvent = (event: FetchEvent): void => {
    options.onEvent?.(event);
    if (event.type === "quarantine") {
      warn(`${event.reason}; that source is not asked again in this run`);
    }
  };
  const connections = openConnections({ ...options, onFetchEvent });
  try {
    const cache = options.cache ?? (await openCache(options.env ? { env: options.env } : {}));
    const { trustDir = join(cache.dir, "trust") } = options;
    const memory = trustDir === false ? undefined : openTrustMemory(trustDir);
    const source = await openSource(options, connections, warn, memory);
    const dir = resolve(options.dir ?? defaultDir(source));
    const pin = await settlePin(source, dir, options);
    const run: SyncRun = {
      options,
      source,
      dir,
      cache,
      warn,
      done: new Map(),
      received: [],
      failures: [],
      receivedBytes: 0,
      localBytes: 0,
    };
    const wanted = select(run);
    const missing = await takeStock(run, wanted);
    const { force, offline, signal, onEvent, allowPickle } = options;
    const rules = { force, offline, allowPickle, warn };
    const context = { cache, source, connections, dir, ...rules, signal, onEvent };
    await parallel(missing, FILES_AT_ONCE, async (file) => await bring(run, file, context));
    if (run.failures.length > 0) {
      throw combine(`${run.failures.length} of ${wanted.length} files failed:`, run.failures);
    }
    if (!options.verifyOnly) await keepProofs(source, dir);
    const manifest = options.verifyOnly ? source.manifest : await pin.write(run.received, warn);
    return result(run, manifest, { elapsedMs: performance.now() - startedAt, warnings });
  } catch (error) {
    throw asOwn(error);
  } finally {
    await connections.close();
  }
}

/** The files to look after, those left out being told as skipped. */
function select({ source, dir, options, done }: SyncRun): WantedFile[] {
  const wanted: WantedFile[] = [];
  for (const [name, entry] of source.manifest.manifest.weights) {
    const isMeant = options.only?.(name) ?? true;
    if (isMeant && (entry.required || !options.requiredOnly)) {
      wanted.push({ name, entry, path: join(dir, name) });
    } else {
      done.set(name, { type: "file", name, outcome: "skipped", size: entry.size });
    }
  }
  return wanted;
}

/** Brings one file; a failure of an optional one is a warning, of a required one is kept for the end. */
async function bring(run: SyncRun, file: WantedFile, context: BringContext): Promise<void> {
  const { name, entry } = file;
  const { bringFile, bringUnpinned } = await import("./bring-file.ts");
  try {
    const {
      outcome,
      size,
      sha256,
      placement,
      receivedBytes,
      localBytes = 0,
    } = entry.checksum === undefined
      ? await bringUnpinned(file, context)
      : await bringFile(file, entry.checksum, context);
    run.receivedBytes += receivedBytes;
    run.localBytes += localBytes;
    run.received.push({ name, size, sha256 });
    settle(run, { type: "file", name, outcome, size, ...(placement && { placement }) });
  } catch (error) {
    run.options.signal?.throwIfAborted();
    fail(run, file, problemOf(name, error), error);
  }
}

/** What is told in the end, files in the order of the manifest. */
function result(
  run: SyncRun,
  manifest: ParsedManifest,
  rest: Pick<SyncResult, "elapsedMs" | "warnings">,
): SyncResult {
  const { dir, receivedBytes, localBytes } = run;
  const names = [...run.source.manifest.manifest.weights.keys()];
  const files = names.flatMap((name) => run.done.get(name) ?? []);
  return { manifest, dir, files, receivedBytes, localBytes, ...rest };
}
