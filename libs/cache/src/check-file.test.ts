import { execFileSync } from "node:child_process";
import {
  link,
  mkdir,
  readdir,
  readFile,
  rename,
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
const longAgo = new Date("2026-01-02T03:04:05Z");

/** A file that was last written long ago. */
async function old(path: string, bytes: Uint8Array): Promise<string> {
  await writeFile(path, bytes);
  await utimes(path, longAgo, longAgo);
  return path;
}

test("what was proven is proven until the file changes, for every process, and for no other bytes", async () => {
  await using dir = await tempDir();
  const path = await old(dir.join("m.onnx"), stock.bytes);
  const cache = await openCache({ dir: dir.join("cache") });
  expect(await cache.isProven(path, stock.sha256)).toBe(false);
  await cache.prove(path, stock.sha256);
  expect(await cache.isProven(path, stock.sha256)).toBe(true);
  expect(await cache.proven(path)).toBe(stock.sha256);
  expect(await cache.isProven(path, other.sha256)).toBe(false);
  const later = await openCache({ dir: dir.join("cache") });
  expect(await later.isProven(path, stock.sha256)).toBe(true);
  await writeFile(path, other.bytes);
  expect(await later.isProven(path, stock.sha256)).toBe(false);
});

test("no byte is read for it: not even a change that leaves size and time is seen, which a full check sees", async () => {
  await using dir = await tempDir();
  const path = await old(dir.join("m.onnx"), stock.bytes);
  const cache = await openCache({ dir: dir.join("cache") });
  expect(await cache.check(path, stock.sha256)).toBe(true);
  await old(path, other.bytes);
  expect(await cache.isProven(path, stock.sha256)).toBe(true);
  expect(await cache.check(path, stock.sha256)).toBe(true);
  expect(await cache.check(path, stock.sha256, { full: true })).toBe(false);
});

test("another file of the same size and time is another file", async () => {
  await using dir = await tempDir();
  const path = await old(dir.join("m.onnx"), stock.bytes);
  const cache = await openCache({ dir: dir.join("cache") });
  await cache.prove(path, stock.sha256);
  await rename(await old(dir.join("n.onnx"), other.bytes), path);
  expect(await cache.isProven(path, stock.sha256)).toBe(false);
});

test("racily clean: a file that was written to just before its proof is not trusted", async () => {
  await using dir = await tempDir();
  const path = dir.join("m.onnx");
  await writeFile(path, stock.bytes);
  const cache = await openCache({ dir: dir.join("cache") });
  expect(await cache.check(path, stock.sha256)).toBe(true);
  await cache.prove(path, stock.sha256);
  expect(await cache.isProven(path, stock.sha256)).toBe(false);
  // Written to 2.9 s before: a coarse clock may give the next write the same time. 3.1 s before: none does.
  for (const [ageMs, trusted] of [
    [2_900, false],
    [3_100, true],
  ] as const) {
    const { mtimeMs } = await stat(path);
    const at = await openCache({ dir: dir.join("cache"), now: () => mtimeMs + ageMs });
    expect(await at.check(path, stock.sha256)).toBe(true);
    expect(await at.isProven(path, stock.sha256)).toBe(trusted);
  }
});

test("racily clean: what counts is when reading began, not when it was recorded", async () => {
  await using dir = await tempDir();
  const path = await old(dir.join("m.onnx"), stock.bytes);
  const cache = await openCache({ dir: dir.join("cache") });
  await cache.prove(path, stock.sha256, { startedAtMs: longAgo.getTime() - 60_000 });
  expect(await cache.isProven(path, stock.sha256)).toBe(false);
  await cache.prove(path, stock.sha256, { startedAtMs: longAgo.getTime() + 60_000 });
  expect(await cache.isProven(path, stock.sha256)).toBe(true);
});

test("D9: a symbolic link, a folder, a pipe are never proven and hold no bytes", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await old(dir.join("m.onnx"), stock.bytes);
  await symlink(dir.join("m.onnx"), dir.join("link"));
  await mkdir(dir.join("folder"));
  execFileSync("mkfifo", [dir.join("pipe")]);
  for (const name of ["link", "folder", "pipe", "missing", "m.onnx/below"]) {
    expect(await cache.check(dir.join(name), stock.sha256, { full: true })).toBe(false);
    expect(await cache.isProven(dir.join(name), stock.sha256)).toBe(false);
    await expect(cache.prove(dir.join(name), stock.sha256)).rejects.toMatchObject({
      code: "E_PATH",
    });
  }
});

test("D10: damaged or missing state means hashing again", async () => {
  await using dir = await tempDir();
  const path = await old(dir.join("m.onnx"), stock.bytes);
  await (await openCache({ dir: dir.join("cache") })).check(path, stock.sha256);
  const states = dir.join("cache/v1/state");
  const [name = ""] = await readdir(states);
  await writeFile(`${states}/${name}`, (await readFile(`${states}/${name}`)).subarray(0, -9));
  const cache = await openCache({ dir: dir.join("cache") });
  expect(await cache.isProven(path, stock.sha256)).toBe(false);
  expect(await cache.check(path, stock.sha256)).toBe(true);
  expect(await cache.isProven(path, stock.sha256)).toBe(true);
});

test("thousands of files make one state file a folder, and each is proven", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await old(dir.join("m"), stock.bytes);
  const paths = Array.from({ length: 2_000 }, (_, index) => dir.join(`m${index}`));
  await Promise.all(paths.map((path) => link(dir.join("m"), path)));
  await Promise.all(paths.map((path) => cache.prove(path, stock.sha256)));
  expect(await readdir(dir.join("cache/v1/state"))).toHaveLength(1);
  const later = await openCache({ dir: dir.join("cache") });
  const proven = await Promise.all(paths.map((path) => later.isProven(path, stock.sha256)));
  expect(proven.filter((is) => is)).toHaveLength(2_000);
}, 180_000);

test("progress counts the bytes of the file", async () => {
  await using dir = await tempDir();
  const big = weights(4, 2_500_000);
  const path = await old(dir.join("m"), big.bytes);
  const cache = await openCache({ dir: dir.join("cache") });
  const told: number[] = [];
  await cache.check(path, big.sha256, { onProgress: (bytes) => told.push(bytes) });
  expect(told.at(-1)).toBe(2_500_000);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
});

test("M14: what is no digest is refused", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  const path = await old(dir.join("m"), stock.bytes);
  for (const verb of [
    () => cache.isProven(path, "../../x"),
    () => cache.prove(path, stock.sha256.toUpperCase()),
    () => cache.check(path, ""),
    () => cache.find("x"),
    () => cache.place("x", path),
  ]) {
    await expect(verb()).rejects.toMatchObject({ code: "E_DIGEST" });
  }
});
