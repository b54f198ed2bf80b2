import { existsSync } from "node:fs";
import { link, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import type { Cache, Reservation } from "./cache.ts";
import { openCache } from "./open-cache.ts";
import { bring, weights } from "./testing/stock.ts";

const stock = weights(1);
type Reserved = Extract<Reservation, { state: "reserved" }>;

async function reserved(
  cache: Cache,
  options: Parameters<Cache["reserve"]>[1] = {},
): Promise<Reserved> {
  const reservation = await cache.reserve(stock.sha256, options);
  if (reservation.state !== "reserved") throw new Error("it is there already");
  return reservation;
}

test("one brings, the others wait, are told how far it is, and get the blob", async () => {
  await using dir = await tempDir();
  const first = await openCache({ dir: dir.path });
  const reservation = await reserved(first);
  await writeFile(reservation.partial, stock.bytes.subarray(0, 60_000));
  let clock = 0;
  const told: number[] = [];
  const second = await openCache({
    dir: dir.path,
    now: () => clock,
    sleep: async () => {
      clock += 400;
      if (clock !== 2_000) return;
      await writeFile(reservation.partial, stock.bytes);
      await rename(reservation.partial, reservation.path);
      await reservation.commit();
    },
  });
  const others = [1, 2, 3].map(() =>
    second.reserve(stock.sha256, { onWait: (bytes) => told.push(bytes) }),
  );
  for (const other of await Promise.all(others)) {
    expect(other).toEqual({ state: "present", path: reservation.path });
  }
  expect(told[0]).toBe(60_000);
  expect(Math.min(...told)).toBe(60_000);
  expect(await readdir(dir.join("v1/partial"))).toEqual([]);
  expect(await readdir(dir.join("v1/locks"))).toEqual([]);
  expect(await readdir(dir.join("v1/tmp"))).toEqual([]);
  expect(await first.status()).toMatchObject({ hits: 1, misses: 1, blobs: 1, bytes: 100_000 });
});

test("what was given back goes to the next, with the bytes and the journal that are there", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  const first = await reserved(cache);
  await writeFile(first.partial, stock.bytes.subarray(0, 50_000));
  await writeFile(`${first.partial}.journal`, "half");
  await first.release();
  expect(await cache.status()).toMatchObject({ partials: 1, blobs: 0 });
  const second = await reserved(await openCache({ dir: dir.path }));
  expect(second.partial).not.toBe(first.partial);
  expect((await readFile(second.partial)).equals(stock.bytes.subarray(0, 50_000))).toBe(true);
  expect(await readFile(`${second.partial}.journal`, "utf8")).toBe("half");
  expect(await readdir(dir.join("v1/partial"))).toHaveLength(2);
  await writeFile(second.partial, stock.bytes);
  await rename(second.partial, second.path);
  await second.commit();
  expect(await readdir(dir.join("v1/partial"))).toEqual([]);
});

test("E_LOCKED after waitMs names the holder and the lock", async () => {
  await using dir = await tempDir();
  await reserved(await openCache({ dir: dir.path }));
  const cache = await openCache({ dir: dir.path });
  const waiting = cache.reserve(stock.sha256, { waitMs: 60, name: "m.onnx" });
  await expect(waiting).rejects.toMatchObject({
    code: "E_LOCKED",
    message: expect.stringMatching(
      new RegExp(`^m\\.onnx: process ${process.pid} on .* since 20.*\\.lock`),
    ),
  });
});

test("waiting ends with the signal's own reason", async () => {
  await using dir = await tempDir();
  await reserved(await openCache({ dir: dir.path }));
  const cache = await openCache({ dir: dir.path });
  const cancel = new AbortController();
  const waiting = cache.reserve(stock.sha256, { signal: cancel.signal });
  setTimeout(() => cancel.abort(new Error("enough")), 50);
  await expect(waiting).rejects.toThrow("enough");
  await expect(cache.reserve(stock.sha256, { signal: cancel.signal })).rejects.toThrow("enough");
});

test("D1: too little space is E_LIMIT before the first byte, and the right is given back", async () => {
  await using dir = await tempDir();
  let free = 999;
  const cache = await openCache({ dir: dir.path, freeBytes: async () => free });
  await expect(cache.reserve(stock.sha256, { size: 1_000 })).rejects.toMatchObject({
    code: "E_LIMIT",
    message: expect.stringMatching(/partial: 1000 bytes are needed and 999 are free/),
  });
  free = 1_000;
  await (await reserved(cache, { size: 1_000 })).release();
});

test("D1: bytes of an earlier attempt need no space again", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path, freeBytes: async () => 50_000 });
  const first = await reserved(cache);
  await writeFile(first.partial, stock.bytes.subarray(0, 49_152));
  await first.release();
  await expect(cache.reserve(stock.sha256, { size: 100_000 })).rejects.toThrow(/50848 bytes/);
  await (await reserved(cache, { size: 99_000 })).release();
});

test("D1: this machine says how much is free", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  await expect(cache.reserve(stock.sha256, { size: 2 ** 52 })).rejects.toMatchObject({
    code: "E_LIMIT",
  });
});

test("a blob of another size than reserved is thrown away", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  const reservation = await reserved(cache, { size: 100_000, name: "m.onnx" });
  await writeFile(reservation.path, "short");
  await expect(reservation.commit()).rejects.toMatchObject({
    code: "E_DIGEST",
    message: expect.stringMatching(/^m\.onnx: 5 bytes .* 100000/),
  });
  expect(existsSync(reservation.path)).toBe(false);
  await (await reserved(cache)).release();
});

test("a commit without a blob is E_DISK, and the right is given back", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  await expect((await reserved(cache)).commit()).rejects.toMatchObject({ code: "E_DISK" });
  await (await reserved(cache)).release();
});

test("D9: a partial that is a link to another file is not taken over, its target is untouched", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.join("cache") });
  const first = await reserved(cache);
  await writeFile(dir.join("target"), stock.bytes);
  await link(dir.join("target"), first.partial);
  await mkdir(`${first.partial}.folder`);
  await first.release();
  const second = await reserved(cache);
  expect(existsSync(second.partial)).toBe(false);
  expect(await readFile(dir.join("target"))).toHaveLength(100_000);
  await second.release();
});

test("several digests are brought at the same time by one process", async () => {
  await using dir = await tempDir();
  const cache = await openCache({ dir: dir.path });
  const many = Array.from({ length: 20 }, (_, seed) => weights(seed % 10, 1_000));
  const paths = await Promise.all(many.map((one) => bring(cache, one)));
  for (const [index, one] of many.entries()) {
    expect((await readFile(paths[index] ?? "")).equals(one.bytes)).toBe(true);
  }
  expect(await cache.status()).toMatchObject({ blobs: 10, misses: 10, hits: 10 });
}, 180_000);
