import { expect, test } from "@jest/globals";

import { detectFormat, formatHeadBytes, formatTailBytes } from "./detect-format.ts";
import type { Format } from "./format.ts";
import { zipNames } from "./zip-names.ts";

type Bytes = Uint8Array;
const join = (...pieces: readonly (Bytes | readonly number[] | string)[]): Buffer =>
  Buffer.concat(
    pieces.map((piece) =>
      typeof piece === "string" ? Buffer.from(piece) : Uint8Array.from(piece),
    ),
  );
const le = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer.subarray(0, bytes);
};

/** The file as `detectFormat` is given it: its head, and its tail if `tail`. */
function formatOf(file: Bytes, tail = false): Format {
  return detectFormat(
    file.subarray(0, formatHeadBytes),
    tail ? { tail: file.subarray(Math.max(0, file.length - formatTailBytes)) } : {},
  );
}

/** A zip file of stored entries. `streamed`: sizes behind the data, as torch.save writes them. */
function zip(
  entries: Readonly<Record<string, Bytes>>,
  { streamed = false, comment = "", zip64 = false } = {},
): Buffer {
  const files: Bytes[] = [];
  const central: Bytes[] = [];
  let offset = 0;
  for (const [name, data] of Object.entries(entries)) {
    const sizes = streamed ? le(0, 8) : join(le(data.length, 4), le(data.length, 4));
    const common = [le(streamed ? 8 : 0, 2), le(0, 2), le(0, 4), le(0, 4)];
    const lengths = [le(name.length, 2), le(0, 2)];
    const file = join("PK\u0003\u0004", le(20, 2), ...common, sizes, ...lengths, name, data);
    const known = join(le(data.length, 4), le(data.length, 4));
    central.push(
      join(
        "PK\u0001\u0002",
        le(20, 2),
        le(20, 2),
        ...common,
        known,
        ...lengths,
        Buffer.alloc(10),
        le(offset, 4),
        name,
      ),
    );
    files.push(file);
    offset += file.length;
  }
  const directory = join(...central);
  const count = central.length;
  const end64 = join(
    "PK\u0006\u0006",
    le(44, 8),
    Buffer.alloc(12),
    le(count, 8),
    le(count, 8),
    le(directory.length, 8),
    le(offset, 8),
  );
  const locator = join("PK\u0006\u0007", le(0, 4), le(offset + directory.length, 8), le(1, 4));
  const sizes = zip64 ? [0xff, 0xff, 0xff, 0xff] : le(directory.length, 4);
  const end = join(
    "PK\u0005\u0006",
    le(0, 4),
    le(count, 2),
    le(count, 2),
    sizes,
    le(offset, 4),
    le(comment.length, 2),
    comment,
  );
  return join(...files, directory, ...(zip64 ? [end64, locator] : []), end);
}

const pickle = join([0x80, 2], "ccollections\nOrderedDict\nq\u0000)Rq\u0001.");
const tensor = Buffer.alloc(200_000, 7);

test("pytorch: a zip whose first entry is the pickle", () => {
  const file = zip(
    { "best/data.pkl": pickle, "best/data/0": tensor, "best/version": join("3\n") },
    { streamed: true },
  );
  expect(formatOf(file)).toBe("pytorch-zip");
  expect(formatOf(file, true)).toBe("pytorch-zip");
});

test("pytorch: a pickle that stands behind other entries is found with the tail", () => {
  const entries = { ".format_version": join("1"), "a/data/0": tensor, "a/data.pkl": pickle };
  expect(formatOf(zip(entries, { streamed: true }))).toBe("unknown");
  expect(formatOf(zip(entries, { streamed: true }), true)).toBe("pytorch-zip");
  expect(formatOf(zip(entries, { zip64: true }), true)).toBe("pytorch-zip");
  expect(formatOf(zip(entries, { comment: "PK is not the end" }), true)).toBe("pytorch-zip");
});

test("O1: a pickle among arrays or layers makes the file a pickle's", () => {
  expect(formatOf(zip({ "a.npy": tensor, "x/data.pkl": pickle }), true)).toBe("pytorch-zip");
  expect(formatOf(zip({ "model.weights.h5": tensor, "data.pkl": pickle }), true)).toBe(
    "pytorch-zip",
  );
});

test("keras, npz and other zips are told apart by their entries", () => {
  const keras = {
    "metadata.json": join("{}"),
    "config.json": join("{}"),
    "model.weights.h5": tensor,
  };
  expect(formatOf(zip(keras))).toBe("keras");
  expect(formatOf(zip(keras, { streamed: true }), true)).toBe("keras");
  expect(formatOf(zip({ "arr_0.npy": tensor, "arr_1.npy": tensor }), true)).toBe("npz");
  expect(formatOf(zip({ "embeddings.npy": tensor }))).toBe("npz");
  expect(formatOf(zip({ "a.npy": join("x"), "readme.txt": join("x") }), true)).toBe("unknown");
  expect(formatOf(zip({ "app.js": join("x") }), true)).toBe("unknown");
  expect(formatOf(zip({}), true)).toBe("unknown");
});

test("the names of a zip are read from both ends, cut ones left out", () => {
  const file = zip({ "a.npy": join("1"), "b.npy": tensor, "c.npy": tensor });
  expect(zipNames(file.subarray(0, 4096))).toEqual(["a.npy", "b.npy"]);
  expect(zipNames(new Uint8Array(), file.subarray(-200))).toEqual(["a.npy", "b.npy", "c.npy"]);
  expect(zipNames(new Uint8Array(), file.subarray(-150))).toEqual(["b.npy", "c.npy"]);
  expect(zipNames(file.subarray(0, 33), file.subarray(-10))).toEqual([]);
});

test("what lies in a file of a zip is not taken for the zip's own", () => {
  const inner = zip({ "inner.npy": join("1") });
  const outer = { "a.bin": inner, "b.bin": tensor };
  expect(zipNames(zip(outer, { streamed: true }))).toEqual(["a.bin"]);
  expect(zipNames(new Uint8Array(), zip(outer))).toEqual(["a.bin", "b.bin"]);
  expect(zipNames(new Uint8Array(), zip(outer, { zip64: true }))).toEqual(["a.bin", "b.bin"]);
});

test("pytorch of before 1.6, and other pickles", () => {
  const magic = [
    0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
  ];
  expect(formatOf(join(magic, [0x80, 2, 0x4d, 0xe9, 3, 0x2e], pickle))).toBe("pytorch-legacy");
  expect(formatOf(pickle)).toBe("pickle");
  expect(formatOf(join([0x80, 4, 0x95, 9, 0, 0, 0, 0, 0, 0, 0], "sklearn"))).toBe("pickle");
  expect(formatOf(join([0x80, 4, 1, 2], Buffer.alloc(50, 0xfe)))).toBe("unknown");
});

test("safetensors: the length of a JSON header, then the header", () => {
  const header = '{"weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}   ';
  expect(formatOf(join(le(header.length, 8), header, Buffer.alloc(16)))).toBe("safetensors");
  expect(formatOf(join(le(90_000, 8), `{"a":"${"é".repeat(45_000)}"}`))).toBe("safetensors");
  expect(formatOf(join(le(2, 8), "{}"))).toBe("safetensors");
  expect(formatOf(join(le(200_000_000, 8), '{"a"'))).toBe("unknown");
  expect(formatOf(join(le(6, 8), "{\u0001\u0002\u0003\u0004\u0005"))).toBe("unknown");
});

test("formats with a magic number", () => {
  expect(formatOf(join("GGUF", le(3, 4), le(291, 8), le(24, 8)))).toBe("gguf");
  expect(formatOf(join([0x93], "NUMPY", [1, 0, 0x76, 0], "{'descr': '<f4', }\n"))).toBe("npy");
  const hdf5 = join([0x89], "HDF\r\n\u001a\n", [0, 0, 0, 0]);
  expect(formatOf(join(hdf5, Buffer.alloc(100)))).toBe("hdf5");
  expect(formatOf(join(Buffer.alloc(512), hdf5))).toBe("hdf5");
  expect(formatOf(join(Buffer.alloc(2048), hdf5))).toBe("hdf5");
});

test("a Git-LFS pointer is named as such, not as text", () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 17317003\n`;
  expect(formatOf(join(pointer))).toBe("git-lfs-pointer");
  expect(formatOf(join(pointer.replaceAll("\n", "\r\n")))).toBe("git-lfs-pointer");
});

test("JSON and text", () => {
  expect(
    ["{}", ' {\n "a": 1}', "[]", '["bird", "drone"]', "[-1]", "[true, 1]"].map((text) =>
      formatOf(join(text)),
    ),
  ).toEqual(Array(6).fill("json"));
  const texts = [
    "bird\ndrone\n",
    "[train]\nepochs = 3",
    "<html>404</html>",
    "{a: 1}",
    "ü",
    "# Ä\f",
  ];
  expect(texts.map((text) => formatOf(join(text)))).toEqual(Array(6).fill("text"));
  expect(formatOf(join("x".repeat(formatHeadBytes - 1), "é and more"))).toBe("text");
});

test("what has no name here is unknown", () => {
  const others = [
    new Uint8Array(),
    Buffer.alloc(4096),
    Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]),
    Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 167 + 13) % 256)),
    join("\u0000\u0000\u0000\u001cTFL3", Buffer.alloc(40, 9)),
    join("text with a \u0000 byte"),
    join("caf", [0xe9]),
  ];
  expect(others.map((file) => formatOf(file))).toEqual(others.map(() => "unknown"));
});
