import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { newToken } from "./holder.ts";
import { openCache } from "./open-cache.ts";
import { bring, weights } from "./testing/stock.ts";

const stock = weights(1);
const other = weights(2);

test("all blobs go by unlink: a placed file keeps its bytes and stays proven", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, stock);
  const other1 = await bring(cache, other);
  const placement = await cache.place(stock.sha256, dir.join("m.onnx"));
  const linked = placement === "hardlink" ? 100_000 : 0;
  expect(await cache.clear()).toEqual({
    blobs: 2,
    bytes: 200_000 - linked,
    linkedBytes: linked,
    kept: 0,
  });
  expect(existsSync(other1)).toBe(false);
  expect((await readFile(dir.join("m.onnx"))).equals(stock.bytes)).toBe(true);
  expect(await cache.isProven(dir.join("m.onnx"), stock.sha256)).toBe(true);
  expect(await cache.find(stock.sha256)).toBeUndefined();
  expect(await cache.status()).toMatchObject({ blobs: 0, misses: 2 });
});

test("what is being brought stays, with its partial file; what was given up goes", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  const bringing = await cache.reserve(stock.sha256);
  const givenUp = await cache.reserve(other.sha256);
  if (bringing.state !== "reserved" || givenUp.state !== "reserved") throw new Error("present");
  await writeFile(bringing.partial, "half");
  await writeFile(bringing.path, stock.bytes);
  await writeFile(givenUp.partial, Buffer.alloc(8_192, 1));
  await givenUp.release();
  const cleared = await (await openCache({ dir: dir.path })).clear();
  expect(cleared).toMatchObject({ blobs: 0, bytes: 8_192, kept: 1 });
  expect(existsSync(bringing.partial)).toBe(true);
  expect(existsSync(givenUp.partial)).toBe(false);
  await bringing.commit();
  expect(await cache.find(stock.sha256)).toBe(bringing.path);
});

test("what is leased stays until it is released", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  await bring(cache, stock);
  const lease = await cache.lease(stock.sha256);
  expect(await cache.clear()).toMatchObject({ blobs: 0, kept: 1 });
  await lease?.release();
  expect(await cache.clear()).toMatchObject({ blobs: 1, kept: 0 });
});

test("files of other names are not touched", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  await bring(cache, stock);
  await writeFile(dir.join("v1/sha256/README"), "mine");
  await writeFile(dir.join("v1/sha256", stock.sha256.slice(0, 2), "README"), "mine");
  await writeFile(dir.join("README"), "mine");
  expect(await cache.clear()).toMatchObject({ blobs: 1 });
  expect(existsSync(dir.join("v1/sha256/README"))).toBe(true);
  expect(existsSync(dir.join("v1/sha256", stock.sha256.slice(0, 2), "README"))).toBe(true);
  expect(existsSync(dir.join("README"))).toBe(true);
});

test("recorded state of folders that are gone goes", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  await bring(cache, stock);
  await cache.place(stock.sha256, dir.join("a/m.onnx"));
  await cache.place(stock.sha256, dir.join("b/m.onnx"));
  expect(await readdir(dir.join("cache/v1/state"))).toHaveLength(4);
  await rm(dir.join("b"), { recursive: true });
  await cache.clear();
  expect(await readdir(dir.join("cache/v1/state"))).toHaveLength(3);
  expect(await cache.isProven(dir.join("a/m.onnx"), stock.sha256)).toBe(true);
});

test("I3: the next start removes what dead processes left, and partial files after a day", async () => {
  await using dir = await tempDir();
  await bring(await openCache({ dir: dir.path }), stock);
  const [machine, , start, random] = newToken().split("-");
  const dead = [machine, "99999999", start, random].join("-");
  const mine = newToken();
  const v1 = (path: string): string => dir.join("v1", path);
  const note = JSON.stringify({ token: dead, pid: 1, host: "h", since: "s" });
  await writeFile(v1(`tmp/${dead}`), "");
  await writeFile(v1(`tmp/${mine}`), "");
  await writeFile(v1(`leases/${stock.sha256}.${dead}`), "");
  await writeFile(v1(`locks/${other.sha256}.lock`), note);
  await writeFile(v1(`locks/${stock.sha256}.${dead}.claim`), note);
  await writeFile(v1(`partial/${other.sha256}.${dead}`), "half");
  await writeFile(v1(`partial/${other.sha256}.${dead}.journal`), "half");

  await (await openCache({ dir: dir.path })).reserve(stock.sha256);
  expect(await readdir(v1("tmp"))).toEqual([mine]);
  expect(await readdir(v1("leases"))).toEqual([]);
  expect(await readdir(v1("locks"))).toEqual([]);
  expect(await readdir(v1("partial"))).toHaveLength(2);

  const tomorrow = await openCache({ dir: dir.path, now: () => Date.now() + 90_000_000 });
  await tomorrow.adopt(
    v1(`sha256/${stock.sha256.slice(0, 2)}/${stock.sha256.slice(2)}`),
    stock.sha256,
  );
  await tomorrow.reserve(weights(9).sha256);
  expect(await readdir(v1("partial"))).toEqual([]);
  expect(await readdir(v1("tmp"))).toEqual([mine]);
});
