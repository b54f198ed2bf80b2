import { expect, test } from "@jest/globals";
import { inMemory } from "../../bytes/random-access.ts";
import { scanFile } from "../../scan/scan-file.ts";
import { floats, safetensorsFile } from "../../testing/safetensors-bytes.ts";
import { readSafetensors } from "./safetensors-header.ts";

test("tensors are read in the order of their bytes, with offsets in the file", async () => {
  const file = safetensorsFile(
    {
      b: floats([], 16, 20),
      a: floats([2, 2], 0, 16),
      none: { dtype: "F16", shape: [0, 3], data_offsets: [20, 20] },
      __metadata__: { format: "pt" },
    },
    20,
  );
  const { tensors, metadata } = await readSafetensors(inMemory(file));
  const data = file.length - 20;
  expect(tensors).toEqual([
    { name: "a", dtype: "F32", shape: [2, 2], elements: 4, begin: data, end: data + 16 },
    { name: "b", dtype: "F32", shape: [], elements: 1, begin: data + 16, end: data + 20 },
    { name: "none", dtype: "F16", shape: [0, 3], elements: 0, begin: data + 20, end: data + 20 },
  ]);
  expect([...metadata]).toEqual([["format", "pt"]]);
});

const tooLong = Buffer.alloc(8);
tooLong.writeBigUInt64LE(100_000_001n);
const beyond = Buffer.from(safetensorsFile({ a: floats([1], 0, 4) }, 4));
beyond.writeBigUInt64LE(5000n);

const files: [string, string, Uint8Array][] = [
  ["a header of 100 MB and a byte", "100000001 bytes", Buffer.concat([tooLong, Buffer.alloc(99)])],
  ["a header longer than the file", "outside of the file", beyond],
  [
    "tensors that overlap",
    "overlaps",
    safetensorsFile({ a: floats([2], 0, 8), b: floats([2], 4, 12) }, 12),
  ],
  [
    "a hole between tensors",
    "a hole",
    safetensorsFile({ a: floats([1], 0, 4), b: floats([1], 8, 12) }, 12),
  ],
  [
    "a key that is there twice",
    "the same key twice",
    safetensorsFile(
      `{"a":${JSON.stringify(floats([1], 0, 4))},"a":${JSON.stringify(floats([1], 0, 4))}}`,
      4,
    ),
  ],
  [
    "a shape that does not fit its bytes",
    "another number",
    safetensorsFile({ a: floats([3], 0, 8) }, 8),
  ],
  [
    "an empty tensor that uses an offset again",
    "overlaps",
    safetensorsFile({ a: floats([2], 0, 8), b: floats([0, 2 ** 20], 4, 4) }, 8),
  ],
  ["bytes behind the last tensor", "behind its last", safetensorsFile({ a: floats([1], 0, 4) }, 8)],
];

test.each(files)("O10: %s is refused", async (_, why, bytes) => {
  await expect(readSafetensors(inMemory(bytes))).rejects.toThrow(why);
  const report = await scanFile(inMemory(bytes), { name: "a.safetensors" });
  expect(report.refused).toBe(true);
});

test.each([
  ["a hole before the first", { a: floats([1], 4, 8) }, 8],
  ["tensors beyond the file", { a: floats([2], 0, 8) }, 4],
  ["a dtype that is none", { a: { ...floats([1], 0, 4), dtype: "F31" } }, 4],
  ["a negative shape", { a: floats([-1, -1], 0, 4) }, 4],
  ["a shape that overflows", { a: floats([2 ** 40, 2 ** 40], 0, 4) }, 4],
  ["a fraction", { a: floats([0.5], 0, 2) }, 2],
  ["offsets backwards", { a: floats([0], 4, 0) }, 4],
  ["three offsets", { a: { ...floats([1], 0, 4), data_offsets: [0, 4, 8] } }, 4],
  ["no offsets", { a: { dtype: "F32", shape: [1] } }, 4],
  ["a text as a tensor", { a: "x" }, 0],
  ["metadata that are no texts", { __metadata__: { a: 1 } }, 0],
  ["an array", [], 0],
  ["a space in front", ' {"a":1}', 0],
  ["no JSON", "{", 0],
])("O10: %s is refused as well", async (_, header, data) => {
  await expect(readSafetensors(inMemory(safetensorsFile(header, data)))).rejects.toMatchObject({
    name: "Malformed",
  });
});

test("a file of seven bytes is none", async () => {
  await expect(readSafetensors(inMemory(new Uint8Array(7)))).rejects.toThrow("shorter");
});
