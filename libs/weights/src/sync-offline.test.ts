import { rm } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { sha256 } from "@plimsoll/manifest";
import { faultyServer, type FaultyServer } from "@plimsoll/testing";
import { syncWeights } from "./sync.ts";
import type { SyncOptions, SyncResult } from "./sync-request.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

const fast = { tries: 2, backoff: { baseMs: 1, capMs: 2 } };
type Entry = Record<string, unknown>;

/** An entry for these bytes. */
const entry = (text: string, url: string, rest: Entry = {}): Entry => ({
  url,
  size_mb: 0,
  checksum: sha256(Buffer.from(text)),
  algorithm: "sha256",
  required: true,
  size: Buffer.byteLength(text),
  ...rest,
});

const manifestText = (weights: Record<string, Entry>, rest: Entry = {}): string =>
  JSON.stringify({ version: "2.0", ...rest, weights });

/** Syncs to a manifest in the app's folder. */
async function syncLocal(
  place: Workplace,
  weights: Record<string, Entry>,
  options: Partial<SyncOptions> = {},
): Promise<SyncResult> {
  await place.fill({ "manifest.json": manifestText(weights) }, place.app);
  return await syncWeights({
    from: `${place.app}/manifest.json`,
    cache: place.cache,
    fetch: fast,
    ...options,
  });
}

const serve = async (files: Record<string, string>): Promise<FaultyServer> =>
  await faultyServer({
    files: Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]),
    ),
  });

test("offline: what is here or in the cache is enough, else it fails without asking", async () => {
  await using place = await workplace();
  await using server = await serve({ "/a.pt": "aa", "/b.pt": "bb" });
  const one = { "a.pt": entry("aa", server.url("/a.pt")) };
  await syncLocal(place, one);
  const before = server.requests.length;
  expect((await syncLocal(place, one, { offline: true })).files).toMatchObject([
    { outcome: "unchanged" },
  ]);
  await using other = await workplace();
  const cached = await syncLocal(other, one, { offline: true, cache: place.cache });
  expect(cached.files).toMatchObject([{ outcome: "cached" }]);
  const two = { ...one, "b.pt": entry("bb", server.url("/b.pt")) };
  await expect(syncLocal(place, two, { offline: true })).rejects.toMatchObject({
    code: "E_NETWORK",
    message: expect.stringContaining("b.pt"),
  });
  expect(server.requests.length).toBe(before);
});

test("frozen: where the folder and the cache hold all of it no host is asked", async () => {
  await using place = await workplace();
  await using server = await serve({ "/a.pt": "aa", "/b.pt": "bb" });
  const both = {
    "a.pt": entry("aa", server.url("/a.pt")),
    "b.pt": entry("bb", server.url("/b.pt")),
  };
  await syncLocal(place, both);
  const before = server.requests.length;
  await rm(`${place.app}/b.pt`);
  const { files } = await syncLocal(place, both, { frozen: true });
  expect(files.map(({ outcome }) => outcome).sort()).toEqual(["cached", "unchanged"]);
  expect(server.requests.length).toBe(before);
});

test("offline: the manifest that the last sync left stands in for the store", async () => {
  await using place = await workplace();
  const text = manifestText({ "a.pt": entry("aa", "./a.pt") });
  await using server = await serve({ "/manifest.json": text, "/a.pt": "aa" });
  const options = {
    from: server.url("/manifest.json"),
    dir: place.app,
    cache: place.cache,
    offline: true,
  };
  await expect(syncWeights(options)).rejects.toMatchObject({ code: "E_NETWORK" });
  await syncWeights({ ...options, offline: false });
  const result = await syncWeights(options);
  expect(result.files).toMatchObject([{ outcome: "unchanged" }]);
  expect(result.warnings[0]).toMatch(/^offline: .*stands in/);
});
