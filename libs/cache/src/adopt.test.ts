import { execFileSync } from "node:child_process";
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { openCache } from "./open-cache.ts";
import { weights } from "./testing/stock.ts";

const stock = weights(1);
const other = weights(2);

test("an adopted file becomes a blob of its own: who trains on writes to his file, not to the cache", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await writeFile(dir.join("best.pt"), stock.bytes);
  const path = await cache.adopt(dir.join("best.pt"), stock.sha256);
  expect(await cache.find(stock.sha256)).toBe(path);
  expect((await stat(path)).mode & 0o777).toBe(0o444);
  expect((await stat(dir.join("best.pt"))).mode & 0o200).toBe(0o200);
  await writeFile(dir.join("best.pt"), other.bytes);
  expect((await readFile(path)).equals(stock.bytes)).toBe(true);
  expect(await cache.find(stock.sha256, { full: true })).toBe(path);
  expect(await readdir(dir.join("cache/v1/tmp"))).toEqual([]);
});

test.each([false, true])(
  "with link: %s other bytes are E_DIGEST and nothing is taken in",
  async (link) => {
    await using dir = await tempDir();
    const cache = await openCache({ dir: dir.join("cache") });
    await writeFile(dir.join("best.pt"), other.bytes);
    await expect(cache.adopt(dir.join("best.pt"), stock.sha256, { link })).rejects.toMatchObject({
      code: "E_DIGEST",
      message: expect.stringMatching(
        new RegExp(`best\\.pt: ${stock.sha256} expected, got ${other.sha256}`),
      ),
    });
    expect(await cache.status()).toMatchObject({ blobs: 0 });
    expect(await readdir(dir.join("cache/v1/tmp"))).toEqual([]);
  },
);

test("a linked file is the blob, read-only from then on, and written to just before it is proven all the same", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  for (const [one, name, age] of [
    [stock, "fresh.onnx", 0],
    [other, "old.onnx", 60_000],
  ] as const) {
    const file = dir.join(name);
    await writeFile(file, one.bytes);
    const time = (Date.now() - age) / 1_000;
    await utimes(file, time, time);
    const path = await cache.adopt(file, one.sha256, { link: true });
    expect((await stat(path)).ino).toBe((await stat(file)).ino);
    expect((await stat(file)).mode & 0o777).toBe(0o444);
    // Known without hashing: a change that leaves size and time is not seen.
    const { atime, mtime } = await stat(path);
    await chmod(path, 0o644);
    await writeFile(path, weights(3).bytes);
    await utimes(path, atime, mtime);
    expect(await cache.find(one.sha256)).toBe(path);
  }
});

test("what is there is not read again", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await writeFile(dir.join("a"), stock.bytes);
  const path = await cache.adopt(dir.join("a"), stock.sha256);
  expect(await cache.adopt(dir.join("missing"), stock.sha256)).toBe(path);
});

test("a symbolic link is followed, the blob is none", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await writeFile(dir.join("a"), stock.bytes);
  await symlink(dir.join("a"), dir.join("b"));
  const path = await cache.adopt(dir.join("b"), stock.sha256, { link: true });
  expect((await stat(path)).ino).toBe((await stat(dir.join("a"))).ino);
});

test("D9: what is no file is refused", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await mkdir(dir.join("folder"));
  execFileSync("mkfifo", [dir.join("pipe")]);
  for (const name of ["folder", "pipe"]) {
    const adopting = cache.adopt(dir.join(name), stock.sha256);
    await expect(adopting).rejects.toMatchObject({ code: "E_PATH" });
  }
  await expect(cache.adopt(dir.join("missing"), stock.sha256)).rejects.toMatchObject({
    code: "E_DISK",
    message: expect.stringContaining("missing: could not take the file into the cache: ENOENT"),
  });
});

test("D1: a file that does not fit is E_LIMIT", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache"), freeBytes: async () => 10 });
  await writeFile(dir.join("a"), stock.bytes);
  const outcome = await cache.adopt(dir.join("a"), stock.sha256).catch((error: unknown) => error);
  // A reflink needs no space.
  if (typeof outcome !== "string") expect(outcome).toMatchObject({ code: "E_LIMIT" });
});

test("adopting one file by many at once gives one blob", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await writeFile(dir.join("a"), stock.bytes);
  const adopting = Array.from({ length: 5 }, () => cache.adopt(dir.join("a"), stock.sha256));
  expect(new Set(await Promise.all(adopting)).size).toBe(1);
  expect(await cache.find(stock.sha256, { full: true })).toBeDefined();
});
