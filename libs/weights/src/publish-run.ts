import { type Cache, openCache } from "@plimsoll/cache";
import { type ParsedManifest, printable } from "@plimsoll/manifest";
import { type Collected, collectFiles } from "./collect.ts";
import { makeCompanions } from "./companions.ts";
import { composeManifest } from "./compose-manifest.ts";
import { defaultModel } from "./default-model.ts";
import { type EncodedFiles, encodeFiles } from "./encode-files.ts";
import { globMatcher } from "./glob.ts";
import {
  beginHashing,
  type HashedFile,
  type Hashing,
  type IndexedFile,
  withIndexes,
} from "./hash-files.ts";
import { locateFiles } from "./locate-files.ts";
import { makeVisible, readExistingManifest, refuseOtherWeights } from "./make-visible.ts";
import { expectCopy, mirrorLatest } from "./mirror-latest.ts";
import { parallel } from "./parallel.ts";
import { pinPath, readPin } from "./pin.ts";
import { pinPublished } from "./pin-published.ts";
import { planRuns } from "./plan-runs.ts";
import type { PublishOptions, PublishResult } from "./publish-request.ts";
import { refuseScanned } from "./scan-weight-file.ts";
import { releaseMetadata } from "./release-metadata.ts";
import { storedAs } from "./split-file.ts";
import { splitFiles } from "./split-files.ts";
import { storeKeys } from "./store-keys.ts";
import {
  closeStores,
  eachStore,
  expectOneStore,
  finish,
  openStores,
  publishedStore,
  type StoreRun,
} from "./store-run.ts";
import { listPresent, uploadVersion } from "./upload-version.ts";
import { type UpdateCost, updateCost } from "./update-cost.ts";

/** `publishWeights` with a request that was checked. */
export async function runPublish(options: PublishOptions): Promise<PublishResult> {
  const collected = await collectFiles(options);
  const { metadata, modelName } = await releaseMetadata(collected, options.metadata);
  const path = pinPath(options.manifestPath, collected.folder);
  const pinned = path === undefined ? undefined : (await readPin(path))?.manifest.model;
  const model = options.model ?? pinned ?? defaultModel(collected, modelName);
  const movesChannel = options.channel !== undefined && !options.dryRun && !options.hold;
  const runs = await openStores({ ...options, movesChannel });
  try {
    return await publishTo(runs, { options, collected, model, path, metadata });
  } finally {
    await closeStores(runs);
  }
}

interface Preparation {
  readonly options: PublishOptions;
  readonly collected: Collected;
  readonly model: string;
  readonly path: string | undefined;
  readonly metadata: Awaited<ReturnType<typeof releaseMetadata>>["metadata"];
}

async function publishTo(runs: readonly StoreRun[], prepared: Preparation): Promise<PublishResult> {
  const { options, model, path } = prepared;
  const { release, channel, onEvent, signal } = options;
  const call = signal ? { signal } : {};
  await eachStore(runs, options, async (run) => {
    if (options.mirrorLatest) expectCopy(run.driver);
    run.existing = await readExistingManifest(run.driver, model, release, call);
  });
  expectOneStore(runs);
  for (const { driver, existing, failure } of runs) {
    // What a host allows is asked while files are hashed.
    if (!options.dryRun && !existing && !failure) void driver.prepare?.();
  }
  const records = await openRecords(options);
  await using hashing = await hashAll(prepared, runs, records);
  const { files } = hashing;
  for (const { existing, driver } of runs) {
    if (existing) refuseOtherWeights(existing, { model, release, files, source: driver.url });
  }
  if (runs.some(({ existing }) => existing === undefined)) await scanAll(files, options);
  await using encoded = await encodeAll(runs, options, files);
  const plans = await planRuns(runs, {
    files: encoded.files,
    prefix: storeKeys.version(model, release),
    ...options,
  });
  const source = runs.find(({ failure, existing }) => !failure && !existing)?.driver;
  const costs = async (): Promise<UpdateCost | undefined> => {
    const cost = { ...options, model, files: await withIndexes(files), cache: records };
    return source && (await updateCost(source, cost));
  };
  const result = (
    manifest: ParsedManifest,
    pinned: boolean,
    update: UpdateCost | undefined,
  ): PublishResult => ({
    manifest,
    manifestPath: pinned ? path : undefined,
    release,
    model,
    files: files.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
    ...(update && { update }),
    stores: runs.map((run) => {
      const plan = options.dryRun ? plans.get(run) : undefined;
      return { ...publishedStore(run), ...(plan && { plan }) };
    }),
  });
  if (options.dryRun) {
    await eachStore(runs, options, async (run) => finish(run, "planned"));
    const indexed = await withIndexes(encoded.files);
    return result(await fixManifest(runs, prepared, indexed), false, await costs());
  }
  const drivers = runs.filter((run) => !run.existing && !run.failure).map(({ driver }) => driver);
  const split = await splitFiles(encoded.files, drivers, signal);
  const pending = costs();
  pending.catch(() => undefined);
  await uploadTo(runs, prepared, split);
  expectOneStore(runs);
  const fixed = await fixManifest(runs, prepared, await withIndexes(split));
  const update = await pending;
  if (options.hold) {
    await eachStore(runs, options, async (run) => {
      finish(run, run.existing ? "already-published" : "held");
      const type = run.existing ? "already-published" : "held";
      onEvent?.({ type, store: run.url, release });
    });
    return result(fixed, await pinPublished(path, fixed, options), update);
  }
  const { folder } = prepared.collected;
  const companions = await makeCompanions({ folder, model, release, files }, options);
  const ready = {
    model,
    release,
    files,
    channel,
    manifest: fixed,
    companions,
    ...trustOf(options),
  };
  const manifest = await makeVisible(runs, ready, options);
  if (options.mirrorLatest) {
    await eachStore(runs, options, async ({ driver }) => {
      await mirrorLatest(driver, model, release, manifest, call);
    });
  }
  expectOneStore(runs);
  return result(manifest, await pinPublished(path, manifest, options), update);
}

/** Compresses what is worth it, where that is wanted or where a store has the version so already. */
async function encodeAll(
  runs: readonly StoreRun[],
  { compress, signal }: PublishOptions,
  files: readonly HashedFile[],
): Promise<EncodedFiles> {
  const existing = runs.find((run) => run.existing !== undefined)?.existing?.manifest;
  const isEncoded = [...(existing?.weights.values() ?? [])].some(({ encoding }) => encoding);
  if (!isEncoded && (!compress || existing !== undefined)) {
    return { files, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const drivers = runs.map(({ driver }) => driver);
  return await encodeFiles(files, { drivers, existing, signal });
}

/** Who moves the channel, and with which keys. */
function trustOf({ issuedBy, expires, keys, signingKeys }: PublishOptions) {
  return { issuedBy, expires, keys, signingKeys };
}

/** Looks into every file before anything is uploaded. */
async function scanAll(files: readonly HashedFile[], options: PublishOptions): Promise<void> {
  const { allowPickle, signal, onEvent } = options;
  const onWarning = (message: string): void => onEvent?.({ type: "warning", message });
  await parallel(files, 4, async ({ path, name }) => {
    await refuseScanned(path, name, { allowPickle, signal, onWarning });
  });
}

async function hashAll(
  { options, collected }: Preparation,
  runs: readonly StoreRun[],
  cache: Cache | undefined,
): Promise<Hashing> {
  const uploads = runs.filter(({ failure, existing }) => !failure && !existing && !options.dryRun);
  return await beginHashing(collected.files, {
    chunks: options.chunks ?? true,
    ...(options.signal && { signal: options.signal }),
    cache,
    md5PartBytes: uploads.find(({ driver }) => driver.md5PartBytes)?.driver.md5PartBytes,
    onProgress: ({ name, size }, bytes) => options.onEvent?.({ type: "hash", name, bytes, size }),
  });
}

async function uploadTo(
  runs: readonly StoreRun[],
  { options, model }: Preparation,
  files: readonly HashedFile[],
): Promise<void> {
  const { release, onEvent } = options;
  await eachStore(runs, options, async (run) => {
    if (run.existing && !(await isIncomplete(run, files, options, model))) return;
    run.uploadedBytes = await uploadVersion(run.driver, {
      model,
      release,
      files,
      concurrency: options.concurrency,
      fullReadBack: options.fullReadBack,
      signal: options.signal,
      onUpload: ({ name, size }, bytes) =>
        onEvent?.({ type: "upload", store: run.url, name, bytes, size }),
      onReadBack: ({ name }) => onEvent?.({ type: "readback", store: run.url, name }),
    });
  });
}

/** Whether files that a published version names were removed from the store since: they are put back. */
async function isIncomplete(
  { driver, url }: StoreRun,
  files: readonly HashedFile[],
  { release, signal, onEvent }: PublishOptions,
  model: string,
): Promise<boolean> {
  // A release host keeps its own list, and a finished release takes no more files.
  if (driver.release) return false;
  const prefix = storeKeys.version(model, release);
  const keys = await listPresent(driver, prefix, signal);
  const gone = files.filter((file) =>
    storedAs(file, driver.limits).some(({ name }) => keys?.has(prefix + name) === false),
  );
  if (gone.length === 0) return false;
  const names = gone.map(({ name }) => name).join(", ");
  const message = `${release} of ${model}: ${names} is missing at ${url} and is uploaded again`;
  onEvent?.({ type: "warning", message });
  return true;
}

/** The manifest that all stores get: the one that a store has already, else a new one with the URLs of all. */
async function fixManifest(
  runs: readonly StoreRun[],
  { options, model, metadata }: Preparation,
  files: readonly IndexedFile[],
): Promise<ParsedManifest> {
  const existing = runs.flatMap((run) => run.existing ?? []);
  const [first] = existing;
  if (first !== undefined) {
    if (existing.some(({ digest }) => digest !== first.digest)) {
      const message = `${options.release} of ${model}: the stores have manifests that differ, though of the same files; ${runs[0]?.url}'s is kept`;
      options.onEvent?.({ type: "warning", message });
    }
    return first;
  }
  const urls = await locateFiles(
    runs.map(({ driver }) => driver),
    storeKeys.version(model, options.release),
    (driver) =>
      files.flatMap((file) => [
        ...storedAs(file, driver.limits).map(({ name }) => name),
        ...(file.chunks ? [file.chunks.name] : []),
      ]),
    {
      publicUrl: options.publicUrl,
      signal: options.signal,
      onMissing: (driver, error) => {
        // A release host knows its URLs when it has the files, which a dry run does not bring.
        if (options.dryRun) return;
        const message = `${driver.url} cannot tell its URLs, the manifest leaves it out: ${printable(String(error))}`;
        options.onEvent?.({ type: "warning", message });
      },
    },
  );
  const isOptional = globMatcher(options.optional ?? []);
  const createdAt = options.now?.() ?? new Date();
  return composeManifest({
    files,
    model,
    release: options.release,
    description: options.description,
    metadata: await metadata({ release: options.release, files, uploadedAt: createdAt }),
    createdAt,
    isRequired: (name) => !isOptional(name),
    locate: (name) => urls.get(name) ?? [],
  });
}

async function openRecords({ cache, env }: PublishOptions): Promise<Cache | undefined> {
  if (cache === false) return undefined;
  if (cache !== undefined) return cache;
  // Without a cache folder everything works, only slower.
  return await openCache(env ? { env } : {}).catch(() => undefined);
}
