import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { openCache } from "./open-cache.ts";
import { bring, weights } from "./testing/stock.ts";

const stock = weights(1, 3_000_000);
const asRoot = process.geteuid?.() === 0 ? test : test.skip;

function has(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A file system of its own below `dir`, for as long as `use` takes. */
async function mounted(
  dir: TempDir,
  options: readonly string[],
  use: (path: string) => Promise<void>,
): Promise<void> {
  const path = dir.join("mounted");
  await mkdir(path);
  execFileSync("mount", [...options, path]);
  try {
    await use(path);
  } finally {
    execFileSync("umount", [path]);
  }
}

/** Another file system that every user may write to. */
const elsewhere = "/dev/shm";
const onTwoFileSystems = existsSync(elsewhere) ? test : test.skip;

onTwoFileSystems(
  "D11: across file systems (EXDEV) the bytes are copied, hashed on the way",
  async () => {
    await using dir = await tempDir();
    const app = await mkdtemp(`${elsewhere}/plimsoll-test-`);
    try {
      const cache = await openCache({ dir: dir.join("cache") });
      await bring(cache, stock);
      const sameDevice = (await stat(app)).dev === (await stat(dir.path)).dev;
      const placement = await cache.place(stock.sha256, `${app}/m.onnx`);
      if (!sameDevice) expect(placement).toBe("copy");
      expect((await readFile(`${app}/m.onnx`)).equals(stock.bytes)).toBe(true);
      expect(await cache.isProven(`${app}/m.onnx`, stock.sha256)).toBe(true);
      expect(await readdir(app)).toEqual(["m.onnx"]);
      await writeFile(`${app}/back.onnx`, stock.bytes);
      await cache.clear();
      const adopted = await cache.adopt(`${app}/back.onnx`, stock.sha256, { link: true });
      expect((await readFile(adopted)).equals(stock.bytes)).toBe(true);
    } finally {
      await rm(app, { recursive: true });
    }
  },
);

(has("mkfs.xfs") ? asRoot : test.skip)(
  "where the file system shares blocks a file is placed by reflink: of its own, writable, proven",
  async () => {
    await using dir = await tempDir();
    execFileSync("truncate", ["-s", "320M", dir.join("image")]);
    execFileSync("mkfs.xfs", ["-q", dir.join("image")]);
    await mounted(dir, ["-o", "loop", dir.join("image")], async (path) => {
      const cache = await openCache({ dir: `${path}/cache` });
      const blob = await bring(cache, stock);
      expect(await cache.place(stock.sha256, `${path}/m.onnx`)).toBe("reflink");
      expect(await cache.place(stock.sha256, `${path}/n.onnx`, { copy: true })).toBe("reflink");
      expect(await cache.isProven(`${path}/m.onnx`, stock.sha256)).toBe(true);
      const placed = await stat(`${path}/m.onnx`);
      expect(placed.nlink).toBe(1);
      expect(placed.mode & 0o200).toBe(0o200);
      await writeFile(`${path}/m.onnx`, "mine");
      expect((await readFile(blob)).equals(stock.bytes)).toBe(true);
      expect((await readdir(path)).sort()).toEqual(["cache", "m.onnx", "n.onnx"]);
      const adopted = weights(7);
      await writeFile(`${path}/own`, adopted.bytes);
      expect(await cache.find(adopted.sha256)).toBeUndefined();
      await cache.adopt(`${path}/own`, adopted.sha256);
      expect(await cache.find(adopted.sha256, { full: true })).toBeDefined();
    });
  },
  30_000,
);

asRoot("D1: a disk that is full in the middle of a copy leaves no file and says so", async () => {
  await using dir = await tempDir();
  await mounted(dir, ["-t", "tmpfs", "-o", "size=1m", "tmpfs"], async (path) => {
    // Told that there is room, as when another process takes it meanwhile.
    const cache = await openCache({ dir: dir.join("cache"), freeBytes: async () => 1e12 });
    await bring(cache, stock);
    await writeFile(`${path}/m.onnx`, "old");
    const placing = cache.place(stock.sha256, `${path}/m.onnx`);
    await expect(placing).rejects.toMatchObject({
      code: "E_DISK",
      message: expect.stringMatching(/m\.onnx: .*ENOSPC, no space is left/),
    });
    expect(await readdir(path)).toEqual(["m.onnx"]);
    expect(await readFile(`${path}/m.onnx`, "utf8")).toBe("old");
    const full = await openCache({ dir: `${path}/cache`, freeBytes: async () => 1e12 });
    await writeFile(dir.join("big"), stock.bytes);
    await expect(full.adopt(dir.join("big"), stock.sha256)).rejects.toMatchObject({
      code: "E_DISK",
    });
    expect(await full.status()).toMatchObject({ blobs: 0 });
    expect(await readdir(`${path}/cache/v1/tmp`)).toEqual([]);
    // This machine's own figures stop it before the first byte.
    const told = await openCache({ dir: `${path}/cache` });
    await expect(told.reserve(stock.sha256, { size: 3_000_000 })).rejects.toMatchObject({
      code: "E_LIMIT",
    });
  });
});

test("a cancelled copy leaves nothing", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, stock);
  const cancel = new AbortController();
  const placing = cache.place(stock.sha256, dir.join("app/m.onnx"), {
    copy: true,
    signal: cancel.signal,
  });
  setImmediate(() => cancel.abort(new Error("enough")));
  const outcome = await placing.catch((error: unknown) => error);
  // A reflink is done before anyone can cancel it.
  if (outcome !== "reflink") {
    expect(String(outcome)).toContain("enough");
    expect(existsSync(dir.join("app/m.onnx"))).toBe(false);
  }
});
