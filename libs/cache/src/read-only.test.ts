import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { openCache } from "./open-cache.ts";
import { runChild } from "./testing/child.ts";
import { bring, weights } from "./testing/stock.ts";

const stock = weights(1);
const other = weights(2);
const onPosix = process.platform === "win32" ? test.skip : test;
const asRoot = process.geteuid?.() === 0 ? test : test.skip;

/** A cache as an image brings it: filled, then nobody may write. */
async function baked(dir: TempDir): Promise<void> {
  await bring(await openCache({ dir: dir.join("cache") }), stock);
  execFileSync("chmod", ["-R", "a-w", dir.join("cache")]);
}

/** Every name with its size and time of change. */
function listing(path: string): string {
  return execFileSync("find", [path, "-printf", "%P %s %C@ %m\n"]).toString();
}

onPosix(
  "D2, D11: from a read-only cache one finds, checks and places; nothing is written to it",
  async () => {
    await using dir = await tempDir();
    await baked(dir);
    try {
      const before = listing(dir.join("cache"));
      const cache = await openCache({ dir: dir.join("cache"), env: { NODE_ENV: "production" } });
      const path = await cache.find(stock.sha256);
      expect((await readFile(path ?? "")).equals(stock.bytes)).toBe(true);
      expect(await cache.reserve(stock.sha256)).toEqual({ state: "present", path });
      expect(await cache.place(stock.sha256, dir.join("app/m.onnx"), { copy: true })).not.toBe(
        "kept",
      );
      expect(await cache.isProven(dir.join("app/m.onnx"), stock.sha256)).toBe(true);
      expect(await cache.find(other.sha256)).toBeUndefined();
      expect(await cache.verify()).toEqual({ checked: 1, damaged: [] });
      await (await cache.lease(stock.sha256))?.release();
      expect((await cache.status()).blobs).toBe(1);
      expect((await cache.gc({ budgetBytes: 0, dryRun: true })).removed).toEqual([]);
      await writeFile(dir.join("mine"), other.bytes);
      for (const verb of [
        () => cache.reserve(other.sha256),
        () => cache.adopt(dir.join("mine"), other.sha256),
        () => cache.pin(stock.sha256),
        () => cache.gc(),
        () => cache.clear(),
      ]) {
        await expect(verb()).rejects.toMatchObject({
          code: "E_DISK",
          message: expect.stringMatching(/cache.*PLIMSOLL_CACHE_DIR/),
        });
      }
      expect(listing(dir.join("cache"))).toBe(before);
    } finally {
      execFileSync("chmod", ["-R", "u+w", dir.join("cache")]);
    }
  },
);

onPosix(
  "D11: a read-only cache without usable records is hashed, and given all the same",
  async () => {
    await using dir = await tempDir();
    await bring(await openCache({ dir: dir.join("cache") }), stock);
    await writeFile(dir.join("cache/v1/state/blobs.ndjson"), "");
    execFileSync("chmod", ["-R", "a-w", dir.join("cache")]);
    try {
      const cache = await openCache({ dir: dir.join("cache") });
      expect(await cache.reserve(stock.sha256)).toMatchObject({ state: "present" });
      expect(await cache.find(stock.sha256)).toBeDefined();
    } finally {
      execFileSync("chmod", ["-R", "u+w", dir.join("cache")]);
    }
  },
);

asRoot("D2: on a read-only file system it is the same, for root too", async () => {
  await using dir = await tempDir();
  await mkdir(dir.join("ro"));
  await bring(await openCache({ dir: dir.join("cache") }), stock);
  execFileSync("mount", ["--bind", dir.join("cache"), dir.join("ro")]);
  try {
    execFileSync("mount", ["-o", "remount,bind,ro", dir.join("ro")]);
    const cache = await openCache({ dir: dir.join("ro") });
    expect(await cache.find(stock.sha256)).toBeDefined();
    await cache.place(stock.sha256, dir.join("m.onnx"));
    expect((await readFile(dir.join("m.onnx"))).equals(stock.bytes)).toBe(true);
    await expect(cache.reserve(other.sha256)).rejects.toMatchObject({
      code: "E_DISK",
      message: expect.stringContaining("EROFS"),
    });
  } finally {
    execFileSync("umount", [dir.join("ro")]);
  }
});

asRoot(
  "D2: a user who may only read root's cache finds in it and is told why he cannot add to it",
  async () => {
    await using dir = await tempDir();
    await bring(await openCache({ dir: dir.join("cache") }), stock);
    await chmod(dir.path, 0o755);
    const asNobody = (code: string): ReturnType<typeof runChild> =>
      runChild({ dir: dir.join("cache"), code, uid: 65_534 });
    expect(asNobody(`cache.find("${stock.sha256}")`)).toEqual({
      out: expect.stringContaining(stock.sha256.slice(2)),
      err: "",
    });
    expect(asNobody(`cache.reserve("${other.sha256}")`).out).toMatch(
      /^E_DISK .*EACCES.*PLIMSOLL_CACHE_DIR/,
    );
  },
  120_000,
);
