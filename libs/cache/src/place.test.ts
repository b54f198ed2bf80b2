import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { newToken } from "./holder.ts";
import { besideTarget } from "./layout.ts";
import { openCache } from "./open-cache.ts";
import { bring, weights } from "./testing/stock.ts";

const stock = weights(1);
const other = weights(2);

test("a placed file is the cache's own where links work, read-only, proven, and kept the second time", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, stock);
  const to = dir.join("app/weights/deep/m.onnx");
  const placement = await cache.place(stock.sha256, to, { root: dir.join("app/weights") });
  expect(["reflink", "hardlink"]).toContain(placement);
  expect((await readFile(to)).equals(stock.bytes)).toBe(true);
  expect(await cache.isProven(to, stock.sha256)).toBe(true);
  expect(await cache.place(stock.sha256, to)).toBe("kept");
  expect(await readdir(dir.join("app/weights/deep"))).toEqual(["m.onnx"]);
  expect(await (await openCache({ dir: dir.join("cache") })).isProven(to, stock.sha256)).toBe(true);
});

test("a copy is a file of its own, writable, flushed with the blob's time, and proven", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  const blob = await bring(cache, stock);
  const to = dir.join("m.onnx");
  expect(["copy", "reflink"]).toContain(await cache.place(stock.sha256, to, { copy: true }));
  const [made, cached] = [await stat(to), await stat(blob)];
  expect(made.ino).not.toBe(cached.ino);
  expect(made.mode & 0o200).toBe(0o200);
  expect(Math.abs(made.mtimeMs - cached.mtimeMs)).toBeLessThan(1);
  expect(await cache.isProven(to, stock.sha256)).toBe(true);
  expect(await cache.place(stock.sha256, to, { copy: true })).toBe("kept");
  await writeFile(to, "mine now");
  expect((await readFile(blob)).equals(stock.bytes)).toBe(true);
});

test("where a copy is wanted, a hard link of the cache's file is replaced", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  const blob = await bring(cache, stock);
  await link(blob, dir.join("m.onnx"));
  expect(await cache.place(stock.sha256, dir.join("m.onnx"))).toBe("kept");
  expect(await cache.place(stock.sha256, dir.join("m.onnx"), { copy: true })).not.toBe("kept");
  expect((await stat(dir.join("m.onnx"))).ino).not.toBe((await stat(blob)).ino);
});

test("a file that is there is replaced, never written to: who else has a link to it keeps its bytes", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, stock);
  await bring(cache, other);
  const to = dir.join("m.onnx");
  await cache.place(other.sha256, to);
  await link(to, dir.join("elsewhere"));
  for (const copy of [false, true]) {
    await cache.place(copy ? other.sha256 : stock.sha256, to, { copy });
    expect((await readFile(to)).equals(copy ? other.bytes : stock.bytes)).toBe(true);
    expect((await readFile(dir.join("elsewhere"))).equals(other.bytes)).toBe(true);
  }
  expect((await readFile((await cache.find(other.sha256)) ?? "")).equals(other.bytes)).toBe(true);
});

test("bytes that are not in the cache, or damaged there, are E_NOT_FOUND and change nothing", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await writeFile(dir.join("m.onnx"), "old");
  const placing = (): Promise<unknown> => cache.place(stock.sha256, dir.join("m.onnx"));
  await expect(placing()).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  const blob = await bring(cache, stock);
  await chmod(blob, 0o644);
  await writeFile(blob, "damaged");
  await expect(placing()).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  expect(await readFile(dir.join("m.onnx"), "utf8")).toBe("old");
  expect((await readdir(dir.path)).sort()).toEqual(["cache", "m.onnx"]);
});

test("D8: a copy is hashed while it is written: a flip that leaves size and time does not pass", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  const blob = await bring(cache, stock);
  const { atime, mtime } = await stat(blob);
  await chmod(blob, 0o644);
  await writeFile(blob, other.bytes);
  await utimes(blob, atime, mtime);
  const placing = cache.place(stock.sha256, dir.join("m.onnx"), { copy: true });
  await expect(placing).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  expect(existsSync(blob)).toBe(false);
  expect(await readdir(dir.path)).toEqual(["cache"]);
});

type Plant = (path: string, target: string) => Promise<unknown>;

const inTheWay: [string, Plant][] = [
  ["a symbolic link", (path, target) => symlink(target, path)],
  ["a folder", (path) => mkdir(path)],
  ["a named pipe", async (path) => execFileSync("mkfifo", [path])],
];

test.each(inTheWay)(
  "D9: %s at the final path is refused by name and stays",
  async (what, plant) => {
    await using dir = await tempDir();
    const cache = await openCache({ dir: dir.join("cache") });
    await bring(cache, stock);
    await writeFile(dir.join("target"), "untouched");
    await plant(dir.join("m.onnx"), dir.join("target"));
    const before = await lstat(dir.join("m.onnx"));
    await expect(cache.place(stock.sha256, dir.join("m.onnx"))).rejects.toMatchObject({
      code: "E_PATH",
      message: expect.stringMatching(new RegExp(`m\\.onnx: is ${what}.* move it away`)),
    });
    expect((await lstat(dir.join("m.onnx"))).ino).toBe(before.ino);
    expect(await readFile(dir.join("target"), "utf8")).toBe("untouched");
  },
);

test("D9: a socket at the final path is refused", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, stock);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(dir.join("s"), resolve));
  await expect(cache.place(stock.sha256, dir.join("s"))).rejects.toThrow("is a socket");
  await new Promise((resolve) => server.close(resolve));
});

test("D9: below the app's folder no symbolic link is followed, the folder itself may be one", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, stock);
  await mkdir(dir.join("outside"));
  await mkdir(dir.join("real"));
  await symlink(dir.join("outside"), dir.join("real/sub"));
  await symlink(dir.join("real"), dir.join("app"));
  const root = dir.join("app");
  await expect(
    cache.place(stock.sha256, dir.join("app/sub/m.onnx"), { root }),
  ).rejects.toMatchObject({ code: "E_PATH" });
  expect(await readdir(dir.join("outside"))).toEqual([]);
  await cache.place(stock.sha256, dir.join("app/m.onnx"), { root });
  expect((await readFile(dir.join("real/m.onnx"))).equals(stock.bytes)).toBe(true);
});

test("D9: a file in the place of a folder, and a path outside the app's folder, are refused", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, stock);
  await writeFile(dir.join("file"), "");
  const root = dir.join("app");
  for (const to of ["app/../m.onnx", "app", "app2/m.onnx", "file/m.onnx"]) {
    const options = to.startsWith("file") ? { root: dir.path } : { root };
    const placing = cache.place(stock.sha256, dir.join(to), options);
    await expect(placing).rejects.toMatchObject({ code: "E_PATH" });
  }
});

test("I3: temporary files that a killed process left beside are removed, those of others stay", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, stock);
  const [machine, pid, start, random] = newToken().split("-");
  const to = dir.join("app/m.onnx");
  await mkdir(dir.join("app"));
  // A pid that no process has: more than the kernel gives.
  const dead = besideTarget(to, [machine, "99999999", "1", random].join("-"));
  const alive = besideTarget(to, [machine, pid, start, "abc"].join("-"));
  const elsewhere = besideTarget(to, ["000000000000", "1", "1", random].join("-"));
  for (const path of [dead, alive, elsewhere, dir.join("app/.gitignore")])
    await writeFile(path, "");
  await cache.place(stock.sha256, to);
  expect(existsSync(dead)).toBe(false);
  for (const path of [alive, elsewhere, dir.join("app/.gitignore")]) {
    expect(existsSync(path)).toBe(true);
  }
  // A day later the one of another machine is left over as well.
  const later = await openCache({ dir: dir.join("cache"), now: () => Date.now() + 90_000_000 });
  await unlink(to);
  await later.place(stock.sha256, to);
  expect(existsSync(elsewhere)).toBe(false);
});

test("D1: too little space for a copy is E_LIMIT with path and bytes, before anything is written", async () => {
  await using dir = await tempDir();
  const cache = await openCache({
    dir: dir.join("cache"),
    freeBytes: async (folder) => (folder === dir.join("app") ? 99_999 : 1e12),
  });
  await bring(cache, stock);
  const placing = cache.place(stock.sha256, dir.join("app/m.onnx"), { copy: true });
  const error = await placing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  // A file system with reflinks needs no space.
  if (error !== undefined) {
    expect(error).toMatchObject({
      code: "E_LIMIT",
      message: expect.stringContaining(`${dir.join("app")}: 100000 bytes are needed and 99999`),
    });
    expect(await readdir(dir.join("app"))).toEqual([]);
  }
});

test("placing many at once makes each file right", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  const many = Array.from({ length: 30 }, (_, seed) => weights(seed, 1_000));
  await Promise.all(many.map((one) => bring(cache, one)));
  await Promise.all(many.map((one, index) => cache.place(one.sha256, dir.join(`app/${index}`))));
  for (const [index, one] of many.entries()) {
    expect((await readFile(dir.join(`app/${index}`))).equals(one.bytes)).toBe(true);
    expect(await cache.isProven(dir.join(`app/${index}`), one.sha256)).toBe(true);
  }
  expect(await readdir(dir.join("app"))).toHaveLength(30);
}, 180_000);

test("D8: damage through an app's hard link within the clock's step is found, and the file replaced", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, stock);
  const to = dir.join("m.onnx");
  await cache.place(stock.sha256, to);
  await chmod(to, 0o644);
  const damaged = Buffer.from(stock.bytes);
  damaged.writeUInt8(damaged.readUInt8(5) ^ 0xff, 5);
  await writeFile(to, damaged);
  // Finding looks at the cache's own link first, which may be the same damaged file.
  await cache.find(stock.sha256);
  expect(await cache.isProven(to, stock.sha256)).toBe(false);
  await bring(cache, stock);
  expect(await cache.place(stock.sha256, to)).not.toBe("kept");
  expect((await readFile(to)).equals(stock.bytes)).toBe(true);
});
