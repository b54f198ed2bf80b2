import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expectRelease, manifestLimits, type ParsedManifest, printable } from "@plimsoll/manifest";
import { type Connections, splitObjectUrl } from "./connections.ts";
import { WeightsError } from "./error.ts";
import { readObject } from "./read-object.ts";
import { readSmallFile } from "./read-small-file.ts";
import type { downloadDocument } from "./download-document.ts";
import type { readStoreSource } from "./store-source.ts";
import { besideUrl, proveManifest } from "./prove-manifest.ts";
import type { SyncOptions } from "./sync-request.ts";
import type { TrustMemory } from "./trust-memory.ts";

/** The manifest of a sync and where it came from. */
export interface SyncSource {
  readonly manifest: ParsedManifest;
  /** Absolute URL of the manifest: relative URLs in it are meant from there. */
  readonly base: string;
  /** Path of the manifest on this disk; undefined where it was received. */
  readonly path: string | undefined;
  /** Where the store that the manifest lies in keeps a file itself. */
  readonly own?: (name: string) => string;
  readonly warnings: readonly string[];
  /** The proven `model.sig` of the manifest, where keys are configured. */
  readonly signature?: Uint8Array;
  /** The proven `attestation.jsonl`, where attestations are configured. */
  readonly attestation?: Uint8Array;
}

export type SourceRequest = Pick<
  SyncOptions,
  | "from"
  | "model"
  | "release"
  | "channel"
  | "signal"
  | "fetch"
  | "keys"
  | "attestation"
  | "stale"
  | "now"
> & {
  readonly memory?: TrustMemory | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
};

/**
 * Finds and reads the manifest that `from` means: a file, a folder with a `manifest.json`, a URL that ends in `.json`, or
 * a version of a model in a store.
 */
export async function readSource(
  request: SourceRequest,
  connections: Connections,
): Promise<SyncSource> {
  const { from, model, release, signal } = request;
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(from)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === "file") {
    const path = scheme === "file" ? fileURLToPath(from) : resolve(from);
    const file = await manifestAt(path, model !== undefined);
    if (file === undefined) return await fromStore(pathToFileURL(path).href, request, connections);
    return withExpected(await readLocal(file, request), model, release);
  }
  const isDocument = /\.json$/i.test(from.replace(/[?#].*$/, ""));
  if (!isDocument || model !== undefined) return await fromStore(from, request, connections);
  const read = async (url: string): Promise<Uint8Array> =>
    scheme === "http" || scheme === "https"
      ? await download(url, connections, { ...request.fetch, ...(signal && { signal }) })
      : await readFromStore(url, connections, signal);
  const proven = await proveManifest(await read(from), {
    ...request,
    source: from.replace(/[?#].*$/, ""),
    readBeside: async (name) => await read(besideUrl(from, name)),
  });
  const { warnings } = proven.manifest;
  return withExpected({ ...proven, base: from, path: undefined, warnings }, model, release);
}

/**
 * Reads a manifest from this disk; with keys its `model.sig` lies beside it. Throws `E_NOT_FOUND`, `E_SIG` and what the
 * parser throws.
 */
export async function readLocal(
  path: string,
  trust: Pick<SyncOptions, "keys" | "attestation" | "now"> = {},
): Promise<SyncSource> {
  const bytes = await readSmallFile(path);
  if (bytes === undefined) {
    throw new WeightsError("E_NOT_FOUND", `${printable(path)}: no manifest here`);
  }
  const proven = await proveManifest(bytes, {
    ...trust,
    source: path,
    readBeside: async (name) => await readSmallFile(join(dirname(path), name)),
  });
  const { warnings } = proven.manifest;
  return { ...proven, base: pathToFileURL(path).href, path, warnings };
}

/** The path of the manifest that a path means, or undefined if it means a store. */
async function manifestAt(path: string, wantsStore: boolean): Promise<string | undefined> {
  const kind = async (at: string): Promise<"file" | "folder" | undefined> =>
    await stat(at).then(
      (stats) => (stats.isDirectory() ? "folder" : "file"),
      () => undefined,
    );
  const found = await kind(path);
  if (found === undefined) {
    throw new WeightsError("E_NOT_FOUND", `${printable(path)}: no such manifest or store`);
  }
  if (found === "file") return path;
  if (wantsStore) return undefined;
  const inside = join(path, "manifest.json");
  return (await kind(inside)) === "file" ? inside : undefined;
}

/** A version that the caller names must be the one that the manifest is of, wherever it came from. */
export function withExpected(
  source: SyncSource,
  model: string | undefined,
  release: string | undefined,
): SyncSource {
  expectRelease(source.manifest, {
    ...(model !== undefined && { model }),
    ...(release !== undefined && { release }),
    source: source.path ?? source.base.replace(/[?#].*$/, ""),
  });
  return source;
}

/** Loaded only where a store is read. */
async function fromStore(...args: Parameters<typeof readStoreSource>): Promise<SyncSource> {
  const store = await import("./store-source.ts");
  return await store.readStoreSource(...args);
}

/** Loaded only where something is downloaded. */
async function download(...args: Parameters<typeof downloadDocument>): Promise<Uint8Array> {
  const document = await import("./download-document.ts");
  return await document.downloadDocument(...args);
}

async function readFromStore(
  url: string,
  connections: Connections,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { store, key } = splitObjectUrl(url);
  const driver = await connections.store(store);
  const object = await readObject(driver, key, { maxBytes: manifestLimits.maxBytes, signal });
  if (object === undefined) {
    throw new WeightsError("E_NOT_FOUND", `${key}: not at ${driver.url}`);
  }
  return object.bytes;
}

/** The folder of an app where nobody named one: that of a local manifest, else `weights`. */
export function defaultDir(source: Pick<SyncSource, "path">): string {
  return source.path === undefined ? resolve("weights") : dirname(source.path);
}
