import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { openCache } from "./open-cache.ts";
import { bring, weights } from "./testing/stock.ts";

const stock = weights(1);

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, bytes);
}

test("a blob is read-only, where the layout says, and found without reading it", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  expect(await cache.find(stock.sha256)).toBeUndefined();
  const path = await bring(cache, stock);
  expect(path).toBe(dir.join("v1/sha256", stock.sha256.slice(0, 2), stock.sha256.slice(2)));
  const { mode, mtimeMs } = await stat(path, { bigint: true });
  expect(mode & 0o777n).toBe(0o444n);
  // Set back, so that the proof can be trusted at once.
  expect(Date.now() - Number(mtimeMs)).toBeGreaterThan(3_000);
  expect(await cache.find(stock.sha256)).toBe(path);
});

const damages: [string, (path: string) => Promise<void>][] = [
  ["byte 0 flipped", (path) => flip(path, 0)],
  ["the middle byte flipped", (path) => flip(path, stock.bytes.length >> 1)],
  ["the last byte flipped", (path) => flip(path, stock.bytes.length - 1)],
  ["truncated", async (path) => void (await truncate(path, 99_999))],
  ["grown", async (path) => void (await writeFile(path, "x", { flag: "a" }))],
];

test.each(damages)("D8: a blob that was %s is removed and counts as absent", async (_, damage) => {
  await using dir = await tempDir();
  const lines: string[] = [];
  const cache = await openCache({ dir: dir.path, log: (line) => lines.push(line) });
  const path = await bring(cache, stock);
  await chmod(path, 0o644);
  await damage(path);
  expect(await cache.find(stock.sha256)).toBeUndefined();
  expect(existsSync(path)).toBe(false);
  expect(lines.join()).toContain(path);
  expect((await readFile(await bring(cache, stock))).equals(stock.bytes)).toBe(true);
});

test("D8: a flip that leaves size and time is found by a full look only", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  const path = await bring(cache, stock);
  const { atime, mtime } = await stat(path);
  await flip(path, 7);
  await utimes(path, atime, mtime);
  expect(await cache.find(stock.sha256)).toBe(path);
  expect(await cache.find(stock.sha256, { full: true })).toBeUndefined();
});

test("D10: without a record, or with a damaged one, a blob is hashed again and found", async () => {
  await using dir = await tempDir();
  const path = await bring(await openCache({ dir: dir.path }), stock);
  for (const breakState of [
    () => rm(dir.join("v1/state"), { recursive: true }),
    () => mkdir(dir.join("v1/state")),
    () => writeFile(dir.join("v1/state/blobs.ndjson"), '["'),
    () => unlink(dir.join("v1/layout.json")),
  ]) {
    await breakState();
    expect(await (await openCache({ dir: dir.path })).find(stock.sha256)).toBe(path);
  }
});

test("D10: a blob that was deleted is absent, also for a process that knew it", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  await unlink(await bring(cache, stock));
  expect(await cache.find(stock.sha256)).toBeUndefined();
  expect((await readFile(await bring(cache, stock))).equals(stock.bytes)).toBe(true);
});

test("a blob of the right bytes that nobody recorded is taken over, read-only", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  const reservation = await cache.reserve(stock.sha256);
  if (reservation.state !== "reserved") throw new Error("not reserved");
  // As after a kill between the rename and the commit.
  await writeFile(reservation.path, stock.bytes);
  await reservation.release();
  expect(await cache.find(stock.sha256)).toBe(reservation.path);
  expect((await stat(reservation.path)).mode & 0o777).toBe(0o444);
  // Its time is not ours to set: as young as it is, it is hashed again, by then damaged.
  const { atime, mtime } = await stat(reservation.path);
  await flip(reservation.path, 5);
  await utimes(reservation.path, atime, mtime);
  expect(await cache.find(stock.sha256)).toBeUndefined();
  await writeFile(reservation.path, stock.bytes);
  expect(await cache.reserve(stock.sha256)).toMatchObject({ state: "present" });
});

const plants: [string, (path: string, target: string) => Promise<unknown>][] = [
  ["symbolic link", (path, target) => symlink(target, path)],
  ["named pipe", async (path) => execFileSync("mkfifo", [path])],
  ["empty folder", (path) => mkdir(path)],
];

test.each(plants)("D9: a %s in the place of a blob is removed", async (_, plant) => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  const path = await bring(cache, stock);
  // The right bytes behind a link are no blob either.
  await writeFile(dir.join("target"), stock.bytes);
  await unlink(path);
  await plant(path, dir.join("target"));
  expect(await cache.find(stock.sha256)).toBeUndefined();
  expect(await bring(cache, stock)).toBe(path);
  expect((await lstat(path)).isFile()).toBe(true);
  expect((await readFile(dir.join("target"))).equals(stock.bytes)).toBe(true);
});

test("D9: a folder with something in it is refused, and stays", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  const path = await bring(cache, stock);
  await unlink(path);
  await mkdir(`${path}/mine`, { recursive: true });
  await expect(cache.find(stock.sha256)).rejects.toMatchObject({ code: "E_PATH" });
  expect(existsSync(`${path}/mine`)).toBe(true);
});

test("D9: a symbolic link in the place of a blob's folder is refused, nothing lands behind it", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, weights(2));
  await mkdir(dir.join("outside"));
  await symlink(dir.join("outside"), dir.join("cache/v1/sha256", stock.sha256.slice(0, 2)));
  await expect(cache.reserve(stock.sha256)).rejects.toMatchObject({ code: "E_PATH" });
  expect(existsSync(dir.join("outside", stock.sha256.slice(2)))).toBe(false);
});

test("finding can be cancelled while it hashes", async () => {
  await using dir = await tempDir();
  const big = weights(3, 3_000_000);
  const cache = await openCache({ dir: dir.path });
  await bring(cache, big);
  const cancel = new AbortController();
  const finding = cache.find(big.sha256, { full: true, signal: cancel.signal });
  cancel.abort(new Error("enough"));
  await expect(finding).rejects.toThrow("enough");
});
