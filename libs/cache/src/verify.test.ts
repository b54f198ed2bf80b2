import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, readFile, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { openCache } from "./open-cache.ts";
import { bring, weights } from "./testing/stock.ts";

test("D8: verify hashes every blob whatever is recorded, removes the damaged and names them", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  const stock = Array.from({ length: 5 }, (_, seed) => weights(seed));
  const paths: string[] = [];
  for (const one of stock) paths.push(await bring(cache, one));
  const [, silent = "", pipe = ""] = paths;
  // A flip of the disk itself: neither size nor time tells.
  const { atime, mtime } = await stat(silent);
  const bytes = await readFile(silent);
  bytes[50_000] = (bytes[50_000] ?? 0) ^ 0x10;
  await chmod(silent, 0o644);
  await writeFile(silent, bytes);
  await utimes(silent, atime, mtime);
  await unlink(pipe);
  execFileSync("mkfifo", [pipe]);
  const told: number[] = [];
  const check = await cache.verify({ onProgress: (sum) => told.push(sum) });
  expect(check.checked).toBe(5);
  expect(check.damaged.map(({ path }) => path).sort()).toEqual([silent, pipe].sort());
  expect(told.at(-1)).toBe(400_000);
  expect(existsSync(silent)).toBe(false);
  expect(existsSync(pipe)).toBe(false);
  expect(await cache.verify()).toEqual({ checked: 3, damaged: [] });
});

test("an empty cache is whole; a cancelled check ends with the signal's reason", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("missing") });
  expect(await cache.verify()).toEqual({ checked: 0, damaged: [] });
  expect(existsSync(dir.join("missing"))).toBe(false);
  await bring(cache, weights(1));
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(cache.verify({ signal })).rejects.toThrow("enough");
});

test("an empty file is a blob like any other", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  const empty = weights(1, 0);
  await bring(cache, empty);
  expect(await cache.verify()).toEqual({ checked: 1, damaged: [] });
  await cache.place(empty.sha256, dir.join("empty"), { copy: true });
  expect((await stat(dir.join("empty"))).size).toBe(0);
});
