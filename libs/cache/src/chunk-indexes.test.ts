import { expect, test } from "@jest/globals";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { tempDir } from "@plimsoll/testing";
import { openCache } from "./open-cache.ts";
import { cacheLayout } from "./layout.ts";

const digest = "0123456789abcdef".repeat(4);
const other = "f".repeat(64);

test("a kept index is given back; blobs are listed with theirs, the newest first", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  expect(await cache.chunkIndex(digest)).toBeUndefined();
  expect(await cache.indexed()).toEqual([]);
  const index = Buffer.from("chunks of it");
  await cache.keepChunkIndex(digest, index);
  await cache.keepChunkIndex(other, index);
  expect(Buffer.from((await cache.chunkIndex(digest)) ?? []).equals(index)).toBe(true);
  const layout = cacheLayout(dir.path);
  await mkdir(layout.blobFolder("01"), { recursive: true });
  await writeFile(layout.blob(digest), "blob");
  expect(await cache.indexed()).toEqual([
    { sha256: digest, path: layout.blob(digest), size: 4, indexBytes: 12 },
  ]);
});

test("what was kept long ago goes with gc when its blob is gone, all of it with clear", async () => {
  await using dir = await tempDir();
  let now = Date.now();
  const cache = await openCache({ dir: dir.path, now: () => now });
  await cache.keepChunkIndex(digest, Buffer.from("x"));
  await cache.gc();
  expect(await readdir(cacheLayout(dir.path).indexes)).toEqual([digest]);
  now += 31 * 86_400_000;
  await cache.gc();
  expect(await readdir(cacheLayout(dir.path).indexes)).toEqual([]);
  await cache.keepChunkIndex(digest, Buffer.from("x"));
  await cache.clear();
  expect(await readdir(cacheLayout(dir.path).indexes)).toEqual([]);
});
