import { chmod, chown, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { openCache } from "./open-cache.ts";
import { bring, weights } from "./testing/stock.ts";

const stock = weights(1);
const production = { NODE_ENV: "production" };
const asRoot = process.geteuid?.() === 0 ? test : test.skip;
const onPosix = process.platform === "win32" ? test.skip : test;

onPosix.each([0o775, 0o757, 0o777, 0o1777])(
  "D11: a cache of mode %i (decimal) is refused in production and reported elsewhere",
  async (mode) => {
    await using dir = await tempDir();
    await bring(await openCache({ dir: dir.path }), stock);
    for (const folder of [dir.path, dir.join("v1")]) {
      const before = (await stat(folder)).mode & 0o7777;
      await chmod(folder, mode);
      await expect(openCache({ dir: dir.path, env: production })).rejects.toMatchObject({
        code: "E_AUTH",
        message: expect.stringMatching(/others may write .* PLIMSOLL_CACHE_DIR/),
      });
      const lines: string[] = [];
      const cache = await openCache({ dir: dir.path, env: {}, log: (line) => lines.push(line) });
      expect(await cache.find(stock.sha256)).toBeDefined();
      expect(lines.join()).toContain(folder);
      await chmod(folder, before);
    }
    await openCache({ dir: dir.path, env: production });
  },
);

onPosix(
  "D11: what this room makes is not writable for others, whatever the umask says",
  async () => {
    await using dir = await tempDir();
    const cache = await openCache({ dir: dir.join("deep/cache"), env: production });
    await bring(cache, stock);
    for (const path of ["", "v1", "v1/sha256", "v1/partial", "v1/state", "v1/locks"]) {
      expect((await stat(dir.join("deep/cache", path))).mode & 0o022).toBe(0);
    }
    await openCache({ dir: dir.join("deep/cache"), env: production });
  },
);

onPosix("D11: a cache of another user is refused, one of root's is not", async () => {
  await using dir = await tempDir();
  const mine = process.geteuid?.() ?? 0;
  await bring(await openCache({ dir: dir.path }), stock);
  const others = openCache({ dir: dir.path, uid: mine + 1 });
  if (mine === 0) expect(await (await others).find(stock.sha256)).toBeDefined();
  else await expect(others).rejects.toMatchObject({ code: "E_AUTH" });
});

asRoot("D11: root does not use the cache of a user", async () => {
  await using dir = await tempDir();
  await bring(await openCache({ dir: dir.join("cache") }), stock);
  await chown(dir.join("cache/v1"), 65_534, 65_534);
  await expect(openCache({ dir: dir.join("cache") })).rejects.toMatchObject({
    code: "E_AUTH",
    message: expect.stringMatching(/v1: the cache belongs to user 65534, not to you \(0\)/),
  });
});

test("a newer layout is refused by name, a damaged marker is not", async () => {
  await using dir = await tempDir();
  await bring(await openCache({ dir: dir.path }), stock);
  const marker = dir.join("v1/layout.json");
  expect(JSON.parse(await readFile(marker, "utf8"))).toEqual({ cache: "plimsoll", layout: 1 });
  await writeFile(marker, '{"cache":"plimsoll","layout":2}');
  await expect(openCache({ dir: dir.path })).rejects.toMatchObject({
    code: "E_DISK",
    message: expect.stringContaining("layout 2 is of a newer Plimsoll"),
  });
  await writeFile(marker, '{"cac');
  const cache = await openCache({ dir: dir.path });
  expect(await cache.find(stock.sha256)).toBeDefined();
});

test("a file where the cache should be is E_DISK; a link to a folder is fine", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("file"), "");
  await expect(openCache({ dir: dir.join("file") })).rejects.toMatchObject({ code: "E_DISK" });
  await mkdir(dir.join("folder"));
  await symlink(dir.join("folder"), dir.join("link"));
  expect(await bring(await openCache({ dir: dir.join("link") }), stock)).toContain("link");
});

test("a message shows a path without its control characters", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("a\u001b[2Jb"), "");
  await expect(openCache({ dir: dir.join("a\u001b[2Jb") })).rejects.toThrow(/a\\u001b\[2Jb: is no/);
});

test("opening a cache that is not there writes nothing", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  expect(await cache.find(stock.sha256)).toBeUndefined();
  expect(await cache.isProven(dir.join("m.onnx"), stock.sha256)).toBe(false);
  expect(await cache.status()).toMatchObject({ blobs: 0, bytes: 0, hits: 0, misses: 0 });
  await expect(stat(dir.join("cache"))).rejects.toMatchObject({ code: "ENOENT" });
});
