import { createHash, randomBytes } from "node:crypto";
import { afterAll, expect, test } from "@jest/globals";
import { inMemory, type RandomAccess } from "../bytes/random-access.ts";
import { digestFile } from "./digest-file.ts";
import { DigestThreads } from "./digest-threads.ts";

const bytes = randomBytes((1 << 25) + 77_777);
const threads = new DigestThreads();
const md5PartBytes = 1 << 22;
const options = { averageChunkBytes: 1 << 18, md5PartBytes };

afterAll(() => threads.close());

const digest = (algorithm: string, of: Uint8Array): string =>
  createHash(algorithm).update(of).digest("hex");

test("one reading gives the digests of the whole, of the chunks and of the parts", async () => {
  const { sha256, size, chunks = [], md5Parts } = await digestFile(inMemory(bytes), options);
  expect([sha256, size]).toEqual([digest("sha256", bytes), bytes.length]);
  const parts = Array.from({ length: 9 }, (_, i) =>
    bytes.subarray(i * md5PartBytes, (i + 1) * md5PartBytes),
  );
  expect(md5Parts).toEqual(parts.map((part) => digest("md5", part)));
  let end = 0;
  for (const { offset, length, sha256: ofChunk } of chunks) {
    expect(offset).toBe(end);
    end += length;
    expect(ofChunk).toBe(digest("sha256", bytes.subarray(offset, end)));
  }
  expect(end).toBe(bytes.length);
});

test("threads give what one thread gives, one file after the other", async () => {
  const inline = await digestFile(inMemory(bytes), options);
  const both = [1, 2].map(() => digestFile(inMemory(bytes), { ...options, threads }));
  expect(await Promise.all(both)).toEqual([inline, inline]);
});

test("a file of whole parts has no empty part behind them", async () => {
  const four = bytes.subarray(0, 1 << 24);
  const { md5Parts } = await digestFile(inMemory(four), options);
  expect(md5Parts).toHaveLength(4);
});

test("an empty file has a digest, no chunks and no parts", async () => {
  const { sha256, chunks, md5Parts } = await digestFile(inMemory(Buffer.alloc(0)), options);
  expect([sha256, chunks, md5Parts]).toEqual([digest("sha256", Buffer.alloc(0)), [], []]);
});

test.each([
  ["one thread", {}],
  ["threads", { threads }],
])("%s: progress is told, and the signal ends it", async (_, with_) => {
  const stop = new AbortController();
  const told: number[] = [];
  const onProgress = (read: number): void => {
    told.push(read);
    if (told.length === 3) stop.abort(new Error("enough"));
  };
  const running = digestFile(inMemory(bytes), { onProgress, signal: stop.signal, ...with_ });
  await expect(running).rejects.toThrow("enough");
  expect(told).toHaveLength(3);
  const { sha256 } = await digestFile(inMemory(bytes), with_);
  expect(sha256).toBe(digest("sha256", bytes));
});

test("a file that becomes shorter ends early, one that cannot be read fails", async () => {
  const shorter: RandomAccess = {
    ...inMemory(bytes),
    readInto: (block, offset) => {
      const rest = bytes.subarray(offset, Math.min(offset + block.length, 3_000_000));
      block.set(rest);
      return Promise.resolve(rest.length);
    },
  };
  const broken = { ...shorter, readInto: () => Promise.reject(new Error("EIO")) };
  for (const with_ of [{}, { threads }]) {
    const { size, sha256 } = await digestFile(shorter, with_);
    expect([size, sha256]).toEqual([3_000_000, digest("sha256", bytes.subarray(0, 3_000_000))]);
    await expect(digestFile(broken, with_)).rejects.toThrow("EIO");
  }
});
