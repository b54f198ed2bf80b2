import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import type { Cache } from "./cache.ts";
import { openCache } from "./open-cache.ts";
import { bring, weights } from "./testing/stock.ts";

const [a, b, c] = [weights(1), weights(2), weights(3)];

/** Three blobs of 100,000 bytes, used an hour apart; `b` was used last, then `c`, then `a`. */
async function filled(dir: TempDir): Promise<Cache> {
  let now = Date.now() - 86_400_000;
  const cache = await openCache({ dir: dir.join("cache"), now: () => now });
  for (const one of [a, b, c]) {
    await bring(cache, one);
    now += 3_600_000;
  }
  await cache.find(b.sha256);
  return await openCache({ dir: dir.join("cache") });
}

const names = (found: readonly { readonly sha256: string }[]): string[] =>
  found.map(({ sha256 }) => sha256);

test("the least recently used go until the budget is kept", async () => {
  await using dir = await tempDir();
  const cache = await filled(dir);
  expect(names((await cache.status()).files)).toEqual([b, c, a].map(({ sha256 }) => sha256));
  expect((await cache.gc()).removed).toEqual([]);
  expect((await cache.gc({ budgetBytes: 300_000 })).removed).toEqual([]);
  const first = await cache.gc({ budgetBytes: 299_999 });
  expect(names(first.removed)).toEqual([a.sha256]);
  expect(first).toMatchObject({ removedBytes: 100_000, bytes: 200_000, overBytes: 0 });
  expect(names((await cache.gc({ budgetBytes: 0 })).removed)).toEqual([c.sha256, b.sha256]);
  expect(await cache.status()).toMatchObject({ blobs: 0, bytes: 0 });
});

test("a dry run says the same and removes nothing", async () => {
  await using dir = await tempDir();
  const cache = await filled(dir);
  const plan = await cache.gc({ budgetBytes: 150_000, dryRun: true });
  expect(names(plan.removed)).toEqual([a.sha256, c.sha256]);
  expect(await cache.status()).toMatchObject({ blobs: 3 });
  expect(names((await cache.gc({ budgetBytes: 150_000 })).removed)).toEqual(names(plan.removed));
});

test("a pin keeps a blob from gc, not from clear, until it is taken off", async () => {
  await using dir = await tempDir();
  const cache = await filled(dir);
  await cache.pin(a.sha256);
  await cache.pin(a.sha256);
  expect(await cache.gc({ budgetBytes: 50_000 })).toMatchObject({
    bytes: 100_000,
    overBytes: 50_000,
  });
  const [file] = (await cache.status()).files;
  expect(file).toMatchObject({ sha256: a.sha256, pinned: true });
  await cache.unpin(a.sha256);
  await cache.unpin(a.sha256);
  expect((await cache.gc({ budgetBytes: 50_000 })).bytes).toBe(0);
  await cache.pin(b.sha256);
  await bring(cache, b);
  expect((await cache.clear()).blobs).toBe(1);
});

test("D12: what is leased, being brought or just used stays", async () => {
  await using dir = await tempDir();
  const cache = await filled(dir);
  const lease = await cache.lease(a.sha256);
  expect(lease?.path).toContain(a.sha256.slice(2));
  await cache.find(c.sha256);
  const reader = await openCache({ dir: dir.join("cache") });
  expect(names((await reader.gc({ budgetBytes: 0 })).removed)).toEqual([b.sha256]);
  expect((await reader.status()).files.map(({ leased }) => leased)).toContain(true);
  // Used just now stays even without a lease, for whoever found it is about to open it.
  await lease?.release();
  expect((await reader.gc({ budgetBytes: 0 })).removed).toEqual([]);
  expect(names((await reader.gc({ budgetBytes: 0, graceMs: 0 })).removed).sort()).toEqual(
    [a.sha256, c.sha256].sort(),
  );
  const bringing = await cache.reserve(b.sha256);
  if (bringing.state !== "reserved") throw new Error("present");
  await writeFile(bringing.path, b.bytes);
  expect((await reader.gc({ budgetBytes: 0, graceMs: 0 })).removed).toEqual([]);
  await bringing.commit();
});

test("D12: what an app's folder shares by hard link takes no room of its own: it does not count and stays", async () => {
  await using dir = await tempDir();
  const cache = await filled(dir);
  if ((await cache.place(a.sha256, dir.join("a.onnx"))) !== "hardlink") return;
  expect((await cache.gc({ budgetBytes: 200_000, graceMs: 0 })).removed).toEqual([]);
  const rest = await cache.gc({ budgetBytes: 0, graceMs: 0 });
  expect(names(rest.removed)).toEqual([c.sha256, b.sha256]);
  expect(rest).toMatchObject({ bytes: 0, overBytes: 0 });
  expect(await cache.find(a.sha256)).toBeDefined();
});

test("D12: while gc runs without pause every lease that is given can be read to its end", async () => {
  await using dir = await tempDir();
  const reader = await openCache({ dir: dir.join("cache") });
  const collector = await openCache({ dir: dir.join("cache") });
  let done = false;
  let removed = 0;
  const collecting = (async () => {
    while (!done) removed += (await collector.gc({ budgetBytes: 0, graceMs: 0 })).removed.length;
  })();
  try {
    for (let read = 0; read < 20;) {
      const path = await bring(reader, a);
      const lease = await reader.lease(a.sha256);
      if (!lease) continue;
      expect(lease.path).toBe(path);
      // Time for the collector to come by.
      await setTimeout(5);
      expect((await readFile(lease.path)).equals(a.bytes)).toBe(true);
      await lease.release();
      read += 1;
      while (existsSync(path)) await setTimeout(1);
    }
  } finally {
    done = true;
    await collecting;
  }
  expect(removed).toBeGreaterThanOrEqual(20);
}, 180_000);

test("a lease on what is absent or damaged is none, and leaves nothing", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  expect(await cache.lease(a.sha256)).toBeUndefined();
  await bring(cache, a);
  const lease = await cache.lease(a.sha256);
  await lease?.release();
  await lease?.release();
  expect((await cache.status()).files[0]?.leased).toBe(false);
  expect(existsSync(lease?.path ?? "")).toBe(true);
});
