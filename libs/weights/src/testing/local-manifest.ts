import { sha256 } from "@plimsoll/manifest";
import { faultyServer, type FaultyServer } from "@plimsoll/testing";
import type { SyncOptions, SyncResult } from "../sync-request.ts";
import { syncWeights } from "../sync.ts";
import type { Workplace } from "./weights-folder.ts";

export type Entry = Record<string, unknown>;

/** An entry of a manifest for these bytes. */
export const entry = (text: string, url: string, rest: Entry = {}): Entry => ({
  url,
  size_mb: 0,
  checksum: sha256(Buffer.from(text)),
  algorithm: "sha256",
  required: true,
  size: Buffer.byteLength(text),
  ...rest,
});

export const manifestText = (weights: Record<string, Entry>, rest: Entry = {}): string =>
  JSON.stringify({ version: "2.0", ...rest, weights });

/** Syncs to a manifest in the app's folder. */
export async function syncLocal(
  place: Workplace,
  weights: Record<string, Entry>,
  options: Partial<SyncOptions> = {},
): Promise<SyncResult> {
  await place.fill({ "manifest.json": manifestText(weights) }, place.app);
  return await syncWeights({
    from: `${place.app}/manifest.json`,
    cache: place.cache,
    fetch: { tries: 2, backoff: { baseMs: 1, capMs: 2 } },
    ...options,
  });
}

/** A web server of texts by path. */
export const serveTexts = async (files: Record<string, string>): Promise<FaultyServer> =>
  await faultyServer({
    files: Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]),
    ),
  });
