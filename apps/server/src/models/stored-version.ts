import { join } from "node:path";
import type { Cache } from "@plimsoll/cache";
import type { ModelFiles } from "@plimsoll/inference";
import type { TrustedKey } from "@plimsoll/manifest";
import {
  type AttestationTrust,
  readRelease,
  type StoredRelease,
  type SyncEvent,
  syncWeights,
  WeightsError,
} from "@plimsoll/weights";
import { expectServable, isServed } from "./servable.ts";
import type { StoreLink } from "./store-link.ts";
import { versionFiles } from "./version-files.ts";

/** What every way to a version's files needs to know. */
export interface StoredContext {
  readonly cache: Cache;
  /** Versions lie in `<dir>/<model>/<version>/`: hard links or reflinks of cached files. */
  readonly dir: string;
  readonly keys?: readonly TrustedKey[];
  readonly attestation?: AttestationTrust;
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly allowHttp?: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
  readonly onEvent?: (model: string, event: SyncEvent) => void;
}

export interface WantedVersion {
  readonly model: string;
  readonly version: string;
  /** Digest of the manifest that a channel pins. */
  readonly manifest?: string | undefined;
  /** Fetch again what is cached. */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Files on this disk, and what came over the network for them. */
export interface BroughtVersion {
  readonly files: ModelFiles;
  readonly receivedBytes: number;
  readonly durationMs: number;
}

/** The folder that a version's files are placed in. Models and versions are checked names. */
export const versionDir = (dir: string, model: string, version: string): string =>
  join(dir, model, version);

/**
 * A version of a store on this disk: its manifest is read and proven, what the cache lacks is fetched, and all is placed
 * beside each other, so that external data of an ONNX model is found.
 *
 * @throws WeightsError as `readRelease` and `syncWeights`; InferenceError `E_MODEL` before anything is fetched.
 */
export async function bringVersion(
  link: StoreLink,
  wanted: WantedVersion,
  context: StoredContext,
): Promise<BroughtVersion> {
  const { model, version, signal } = wanted;
  const { cache, keys, attestation, log } = context;
  const startedAt = performance.now();
  const trust = {
    ...(keys && { keys }),
    ...(attestation && { attestation }),
    ...(signal && { signal }),
  };
  const release = await link.use((driver) => readRelease(driver, model, version, trust));
  expectManifest(release, wanted);
  expectServable(model, version, [...release.manifest.manifest.weights.keys()]);
  log(`${model}@${version}: ${await plan(release, wanted, cache, link.state().url)}`);
  const dir = versionDir(context.dir, model, version);
  const { headers, allowHttp, env, onEvent } = context;
  const result = await link.use(() =>
    syncWeights({
      from: link.url,
      model,
      release: version,
      dir,
      cache,
      force: wanted.force ?? false,
      only: isServed,
      ...trust,
      ...(headers && { headers }),
      ...(allowHttp !== undefined && { allowHttp }),
      ...(env && { env }),
      onEvent: (event) => {
        if (event.type === "warning") log(`${model}@${version}: ${event.message}`);
        onEvent?.(model, event);
      },
    }),
  );
  if (release.pinned) expectManifest({ ...release, manifest: result.manifest }, wanted);
  const files = await versionFiles(dir, result.manifest, { model, version });
  const durationMs = performance.now() - startedAt;
  return { files, receivedBytes: result.receivedBytes, durationMs };
}

/**
 * A version that was served before, from what this disk still has: no request is made. Its signature is proven again where
 * keys are configured. Undefined where something of it is missing.
 */
export async function keptVersion(
  { model, version, signal }: WantedVersion,
  context: StoredContext,
): Promise<ModelFiles | undefined> {
  const { cache, keys, attestation, env } = context;
  const dir = versionDir(context.dir, model, version);
  try {
    const { manifest } = await syncWeights({
      from: join(dir, "manifest.json"),
      dir,
      cache,
      offline: true,
      only: isServed,
      ...(keys && { keys }),
      ...(attestation && { attestation }),
      ...(signal && { signal }),
      ...(env && { env }),
    });
    return await versionFiles(dir, manifest, { model, version });
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

function expectManifest(
  { manifest, key }: Pick<StoredRelease, "manifest" | "key">,
  wanted: WantedVersion,
): void {
  if (wanted.manifest === undefined || wanted.manifest === manifest.digest) return;
  throw new WeightsError(
    "E_DIGEST",
    `${key}: not the manifest that the channel names (${wanted.manifest}): a published version must never change, publish a new one`,
  );
}

/** One line about what will happen. */
async function plan(
  release: StoredRelease,
  { force }: WantedVersion,
  cache: Cache,
  url: string,
): Promise<string> {
  let missing = 0;
  let bytes = 0;
  for (const [name, entry] of release.manifest.manifest.weights) {
    if (!isServed(name)) continue;
    const found = entry.checksum === undefined ? undefined : await cache.find(entry.checksum);
    if (found !== undefined && !force) continue;
    missing += 1;
    bytes += entry.size ?? (entry.size_mb ?? 0) * 1024 * 1024;
  }
  if (missing === 0) return "cached";
  return `will download from ${url}: ${missing} ${missing === 1 ? "file" : "files"}, ${(bytes / 1e6).toFixed(1)} MB`;
}
