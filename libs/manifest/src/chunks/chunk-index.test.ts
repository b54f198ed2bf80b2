import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { buildChunkIndex } from "./build-chunk-index.ts";
import { chunkIndexBytes, decodeChunkIndex, encodeChunkIndex } from "./chunk-index.ts";
import { inMemory } from "../bytes/random-access.ts";

const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const file = randomBytes(3 << 20);

test("an index names every byte once and its digests are those of the bytes", async () => {
  const index = await buildChunkIndex(inMemory(file));
  expect(index).toMatchObject({ size: file.length, sha256: sha(file) });
  let at = 0;
  for (const { offset, length, sha256 } of index.chunks) {
    expect(offset).toBe(at);
    expect(sha256).toBe(sha(file.subarray(offset, offset + length)));
    at += length;
  }
  expect(at).toBe(file.length);
  expect(chunkIndexBytes(index.chunks.length) / file.length).toBeLessThanOrEqual(0.0002);
});

test("what is written is read back", async () => {
  const index = await buildChunkIndex(inMemory(file), { averageBytes: 1 << 16 });
  expect(decodeChunkIndex(encodeChunkIndex(index), "a.bin")).toEqual(index);
});

test("an empty file has no chunks", async () => {
  const index = await buildChunkIndex(inMemory(new Uint8Array(0)));
  expect(index.chunks).toEqual([]);
  expect(decodeChunkIndex(encodeChunkIndex(index), "a.bin")).toEqual(index);
});

const valid = encodeChunkIndex({
  size: 3,
  sha256: sha(Buffer.from("abc")),
  chunks: [
    { offset: 0, length: 1, sha256: sha(Buffer.from("a")) },
    { offset: 1, length: 2, sha256: sha(Buffer.from("bc")) },
  ],
});
const changed = (at: number, value: number): Uint8Array => {
  const bytes = Uint8Array.from(valid);
  bytes[at] = value;
  return bytes;
};

test.each([
  ["no magic", changed(0, 0), "not a chunk index"],
  ["cut", valid.subarray(0, valid.length - 1), "do not hold exactly"],
  ["longer", Buffer.concat([valid, Buffer.alloc(1)]), "do not hold exactly"],
  ["a newer format", changed(8, 2), "this client reads 1"],
  ["another digest", changed(9, 7), "not SHA-256"],
  ["reserved bytes", changed(10, 1), "reserved"],
  ["a huge count", changed(15, 0xff), "at most"],
  ["an empty chunk", changed(56, 0), "is empty"],
  ["lengths that do not add up", changed(56, 9), "its chunks hold 11 bytes"],
  ["an unsafe size", changed(23, 0xff), "safe integer"],
  ["nothing", new Uint8Array(0), "not a chunk index"],
])("refuses an index with %s", (_, bytes, why) => {
  expect(() => decodeChunkIndex(bytes, "a.bin")).toThrow(why);
});
