import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { collectFiles, type WeightFile } from "./collect.ts";
import { beginHashing, type HashOptions, withIndexes } from "./hash-files.ts";
import { noise } from "./testing/noise.ts";

const bytes = noise((1 << 25) + 12_345);
const partBytes = 1 << 24;
const parts = [0, 1, 2].map((i) => bytes.subarray(i * partBytes, (i + 1) * partBytes));
const digest = (algorithm: string, of: Uint8Array): string =>
  createHash(algorithm).update(of).digest("hex");
const wishes: HashOptions = { chunks: true, md5PartBytes: () => partBytes };

async function large(): Promise<{ readonly files: readonly WeightFile[] } & AsyncDisposable> {
  const dir = await tempDir();
  const file = await open(dir.join("a.onnx"), "w");
  await file.write(bytes);
  await file.close();
  const { files } = await collectFiles({ from: [dir.path] });
  return { files, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

test("the digest is there first, then the parts' MD5s and the chunks, of the same bytes", async () => {
  await using place = await large();
  await using hashing = await beginHashing(place.files, wishes);
  const [file] = hashing.files;
  expect(file?.sha256).toBe(digest("sha256", bytes));
  const md5s = await Promise.all(parts.map((_, i) => file?.md5Parts?.md5(i)));
  expect(md5s).toEqual(parts.map((part) => digest("md5", part)));
  const [{ chunks } = {}] = await withIndexes(hashing.files);
  expect(chunks?.index).toMatchObject({ size: bytes.length, sha256: file?.sha256 });
});

test("the last part's MD5 is not given where the bytes are not those of the digest", async () => {
  await using place = await large();
  const cache = {
    proven: () => Promise.resolve("0".repeat(64)),
    prove: () => Promise.resolve(),
  };
  await using hashing = await beginHashing(place.files, { ...wishes, cache });
  const [file] = hashing.files;
  await expect(file?.md5Parts?.md5(0)).resolves.toBe(digest("md5", bytes.subarray(0, partBytes)));
  const message = expect.stringContaining("a.onnx: its bytes are not those that were hashed");
  await expect(file?.md5Parts?.md5(2)).rejects.toMatchObject({ code: "E_CONFLICT", message });
  await expect(withIndexes(hashing.files)).rejects.toMatchObject({ code: "E_CONFLICT" });
});

test("what is not through is given up with the publish", async () => {
  await using place = await large();
  const hashing = await beginHashing([...place.files, ...place.files], wishes);
  const waited = hashing.files.map((file) => file.md5Parts?.md5(2));
  await hashing[Symbol.asyncDispose]();
  const outcomes = await Promise.allSettled(waited);
  expect(outcomes.at(-1)).toMatchObject({ status: "rejected" });
});
