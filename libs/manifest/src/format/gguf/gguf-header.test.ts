import { expect, test } from "@jest/globals";
import { inMemory } from "../../bytes/random-access.ts";
import { gguf, type MadeGguf, type MadeTensor } from "../../testing/gguf-bytes.ts";
import { readGguf } from "./gguf-header.ts";

const read = (made: MadeGguf): ReturnType<typeof readGguf> => readGguf(inMemory(gguf(made)));
const floats = (name: string, offset: number): MadeTensor => ({ name, dims: [8], offset });

test("values and tensors are read", async () => {
  const header = await read({
    values: [
      ["general.architecture", "llama"],
      ["general.alignment", 32],
      ["float", Buffer.from("060000000000803f", "hex")],
      ["minus", Buffer.from("05000000ffffffff", "hex")],
      ["tiny", Buffer.from("01000000ff", "hex")],
      ["yes", Buffer.from("0700000001", "hex")],
      [
        "tokens",
        Buffer.from(
          "09000000080000000200000000000000" + "0100000000000000" + "61" + "0000000000000000",
          "hex",
        ),
      ],
      ["scores", Buffer.from("090000000600000002000000000000000000000000000000", "hex")],
    ],
    tensors: [{ name: "q", dims: [64, 2], type: 2, offset: 32 }, floats("f", 0)],
    dataBytes: 32 + 72,
  });
  expect(header.version).toBe(3);
  expect(Object.fromEntries(header.metadata)).toEqual({
    "general.architecture": "llama",
    "general.alignment": 32,
    float: 1,
    minus: -1,
    tiny: -1,
    yes: true,
    tokens: { length: 2 },
    scores: { length: 2 },
  });
  expect(header.tensors).toEqual([
    { name: "q", dtype: "Q4_0", elements: 128, begin: 32, end: 104 },
    { name: "f", dtype: "F32", elements: 8, begin: 0, end: 32 },
  ]);
});

test.each([
  ["another version", { version: 9 }, "version 9"],
  [
    "the same key twice",
    {
      values: [
        ["a", "x"],
        ["a", "y"],
      ],
    },
    "is there twice",
  ],
  ["the same tensor twice", { tensors: [floats("a", 0), floats("a", 32)], dataBytes: 64 }, "twice"],
  [
    "tensors that overlap",
    { tensors: [floats("a", 0), floats("b", 0)], dataBytes: 64 },
    "overlaps",
  ],
  ["a tensor outside of the file", { tensors: [floats("a", 32)], dataBytes: 32 }, "outside"],
  ["a tensor that is not aligned", { tensors: [floats("a", 5)], dataBytes: 64 }, "not aligned"],
  [
    "rows of part of a block",
    { tensors: [{ name: "a", dims: [31], type: 2, offset: 0 }] },
    "part of a block",
  ],
  ["2^60 elements", { tensors: [{ name: "a", dims: [2 ** 30, 2 ** 30], offset: 0 }] }, "cannot be"],
  ["nine axes", { tensors: [{ name: "a", dims: Array<number>(9).fill(1), offset: 0 }] }, "9 axes"],
  ["an unknown value", { values: [["a", Buffer.from("63000000", "hex")]] }, "type 99"],
  ["an alignment of zero", { values: [["general.alignment", 0]] }, "alignment"],
  [
    "a text beyond the file",
    { values: [["a", Buffer.from("08000000ffff000000000000", "hex")]] },
    "too early",
  ],
  [
    "an array beyond the file",
    { values: [["a", Buffer.from("0900000000000000ffffffffffffff7f", "hex")]] },
    "too early",
  ],
] as [string, MadeGguf, string][])("%s is refused", async (_, made, why) => {
  await expect(read(made)).rejects.toThrow(why);
});

test("a header that promises more than it has is refused", async () => {
  const bytes = gguf({ values: [["a", "x"]] });
  bytes.writeBigUInt64LE(2n ** 62n, 16);
  await expect(readGguf(inMemory(bytes))).rejects.toMatchObject({ name: "Malformed" });
  await expect(readGguf(inMemory(bytes.subarray(0, 10)))).rejects.toThrow("too early");
});
