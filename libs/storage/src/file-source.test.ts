import { appendFile, rename, truncate, utimes, writeFile } from "node:fs/promises";

import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";

import { bytesSource } from "./bytes-source.ts";
import { fileSource } from "./file-source.ts";

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

const pattern = (size: number) =>
  Buffer.from(Array.from({ length: size }, (_, i) => (i * 7) % 251));

test("the whole file, a range across blocks, and again", async () => {
  await using dir = await tempDir();
  const bytes = pattern(3 * 1024 * 1024 + 17);
  await writeFile(dir.join("w.bin"), bytes);
  const source = await fileSource(dir.join("w.bin"));
  expect(source).toMatchObject({ size: bytes.length, label: dir.join("w.bin") });
  expect((await collect(source.open())).equals(bytes)).toBe(true);
  const part = await collect(source.open(1024 * 1024 - 3, 2 * 1024 * 1024 + 3));
  expect(part.equals(bytes.subarray(1024 * 1024 - 3, 2 * 1024 * 1024 + 3))).toBe(true);
  expect((await collect(source.open(5, 5))).length).toBe(0);
});

test("an empty file is an empty source", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("e"), "");
  const source = await fileSource(dir.join("e"));
  expect(source.size).toBe(0);
  expect((await collect(source.open())).length).toBe(0);
});

test("the file is opened when bytes are asked for, not before", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("a"), "abc");
  const source = await fileSource(dir.join("a"));
  await rename(dir.join("a"), dir.join("b"));
  await expect(collect(source.open())).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  await rename(dir.join("b"), dir.join("a"));
  expect((await collect(source.open())).toString()).toBe("abc");
});

test("another size, another time or another file in its place is E_CONFLICT", async () => {
  await using dir = await tempDir();
  const path = dir.join("w.pt");
  await writeFile(path, "0123456789");
  const grown = await fileSource(path);
  await appendFile(path, "x");
  await expect(collect(grown.open())).rejects.toMatchObject({ code: "E_CONFLICT" });

  const touched = await fileSource(path);
  await utimes(path, 1_000_000, 1_000_000);
  await expect(collect(touched.open(0, 4))).rejects.toMatchObject({ code: "E_CONFLICT" });

  const replaced = await fileSource(path);
  await writeFile(dir.join("other"), "0123456789x");
  await utimes(dir.join("other"), 1_000_000, 1_000_000);
  await rename(dir.join("other"), path);
  await expect(collect(replaced.open())).rejects.toMatchObject({ code: "E_CONFLICT" });
});

test("a file cut while it is being read is E_CONFLICT, not a short source", async () => {
  await using dir = await tempDir();
  const path = dir.join("w.pt");
  await writeFile(path, pattern(4 * 1024 * 1024));
  const source = await fileSource(path);
  const read = async () => {
    for await (const block of source.open()) if (block.length > 0) await truncate(path, 100);
  };
  await expect(read()).rejects.toMatchObject({ code: "E_CONFLICT" });
});

test("a reader that stops early closes the file", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("w"), pattern(3 * 1024 * 1024));
  const source = await fileSource(dir.join("w"));
  for await (const block of source.open()) {
    expect(block.length).toBe(1024 * 1024);
    break;
  }
});

test("what is absent or no file says so", async () => {
  await using dir = await tempDir();
  await expect(fileSource(dir.join("absent"))).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  await expect(fileSource(dir.path)).rejects.toMatchObject({ code: "E_USAGE" });
});

test("a range beyond the end is E_RANGE, for a file and for bytes", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("w"), "abc");
  for (const source of [await fileSource(dir.join("w")), bytesSource(Buffer.from("abc"), "abc")]) {
    await expect(collect(source.open(0, 4))).rejects.toMatchObject({ code: "E_RANGE" });
    expect((await collect(source.open(1, 3))).toString()).toBe("bc");
    expect((await collect(source.open(2))).toString()).toBe("c");
  }
});

test("a block is filled from any offset, its bytes shown in order, each once", async () => {
  await using dir = await tempDir();
  const bytes = pattern(3 * 1024 * 1024 + 17);
  await writeFile(dir.join("w.bin"), bytes);
  const source = await fileSource(dir.join("w.bin"));
  for (const [start, length] of [
    [0, 10],
    [5, 2 * 1024 * 1024 + 5],
    [0, bytes.length],
    [bytes.length - 1, 1],
    [7, 0],
  ] as const) {
    const block = Buffer.alloc(length);
    const seen: Uint8Array[] = [];
    await source.fill?.(block, start, (part) => seen.push(Uint8Array.from(part)));
    expect(block.equals(bytes.subarray(start, start + length))).toBe(true);
    expect(Buffer.concat(seen).equals(block)).toBe(true);
  }
  await expect(source.fill?.(Buffer.alloc(2), bytes.length - 1, () => 0)).rejects.toMatchObject({
    code: "E_RANGE",
  });
  await truncate(dir.join("w.bin"), 100);
  await expect(source.fill?.(Buffer.alloc(10), 0, () => 0)).rejects.toMatchObject({
    code: "E_CONFLICT",
  });
});
