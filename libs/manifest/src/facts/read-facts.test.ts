import { expect, test } from "@jest/globals";
import { inMemory } from "../bytes/random-access.ts";
import { gguf } from "../testing/gguf-bytes.ts";
import { npy } from "../testing/npy-bytes.ts";
import {
  bytesField,
  node,
  numberField,
  onnxFile,
  pair,
  tensor,
  value,
} from "../testing/onnx-bytes.ts";
import { pickle, plainDict, stateDict } from "../testing/pickle-bytes.ts";
import { floats, safetensorsFile } from "../testing/safetensors-bytes.ts";
import { zipFile } from "../testing/zip-file.ts";
import type { Facts } from "./facts.ts";
import { readFacts } from "./read-facts.ts";

const facts = (bytes: Uint8Array): Promise<Facts> => readFacts(inMemory(bytes), { name: "a" });
const numbers = Buffer.alloc(16);

test("ONNX: version, operator sets, producer, inputs and outputs with symbolic axes", async () => {
  const bytes = onnxFile({
    nodes: [node("Gemm"), node("Relu")],
    initializers: [
      tensor("w", [2, 2], numbers),
      tensor("b", [2], { external: { location: "b.bin", length: "8" } }),
    ],
    more: [
      bytesField(3, "2.4.0"),
      bytesField(14, pair("classes", "bird,drone")),
      // What an old exporter lists as an input although it has a value.
      bytesField(7, bytesField(11, value("w", [2, 2]))),
    ],
  });
  expect(await facts(bytes)).toEqual({
    format: "onnx",
    size: bytes.length,
    tensors: 2,
    parameters: 6,
    dtypes: { float32: 6 },
    metadata: { classes: "bird,drone" },
    onnx: {
      irVersion: 8,
      opsets: { "ai.onnx": 17 },
      producer: "a test 2.4.0",
      inputs: [{ name: "x", dtype: "float32", shape: ["batch", 4] }],
      outputs: [{ name: "y", dtype: "float32", shape: ["batch", 2] }],
      nodes: 2,
      externalData: ["b.bin"],
    },
  });
});

test("ONNX that begins with long fields of no meaning is read all the same", async () => {
  const bytes = Buffer.concat([bytesField(100, Buffer.alloc(5000)), onnxFile(), numberField(5, 1)]);
  expect(await facts(bytes)).toMatchObject({ format: "onnx", onnx: { irVersion: 8 } });
});

test("safetensors: tensors, types in order of size, metadata", async () => {
  const bytes = safetensorsFile(
    {
      __metadata__: { format: "pt" },
      a: { dtype: "I64", shape: [1], data_offsets: [0, 8] },
      b: { dtype: "BF16", shape: [2, 3], data_offsets: [8, 20] },
      c: floats([1], 20, 24),
    },
    24,
  );
  const read = await facts(bytes);
  expect(read).toEqual({
    format: "safetensors",
    size: bytes.length,
    tensors: 3,
    parameters: 8,
    dtypes: { bfloat16: 6, float32: 1, int64: 1 },
    metadata: { format: "pt" },
  });
  expect(Object.keys(read.dtypes ?? {})).toEqual(["bfloat16", "float32", "int64"]);
});

const prefix = [
  pickle("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."),
  pickle("\x80\x02M\xe9\x03."),
  plainDict,
];
test.each([
  [
    "pytorch-zip",
    zipFile([
      ["best/data.pkl", stateDict],
      ["best/data/0", numbers],
    ]),
  ],
  ["pytorch-zip", zipFile([["best/data.pkl", { data: stateDict, deflated: true }]])],
  ["pytorch-legacy", Buffer.concat([...prefix, stateDict, pickle("\x80\x02]."), numbers])],
])("%s: tensors and types are those that the pickle would rebuild", async (format, bytes) => {
  expect(await facts(bytes)).toEqual({
    format,
    size: bytes.length,
    tensors: 1,
    parameters: 4,
    dtypes: { float32: 4 },
  });
});

test("PyTorch: a tensor of a newer type says it in an argument", async () => {
  const bytes = pickle(
    "\x80\x02ctorch._utils\n_rebuild_tensor_v3\n((X\x07\0\0\0storagectorch.storage\nUntypedStorage\n",
    "X\x01\0\0\x000X\x03\0\0\0cpuK\x08tQK\0K\x02K\x02\x86K\x02K\x01\x86\x89)ctorch\nuint16\ntR.",
  );
  expect(await facts(zipFile([["a/data.pkl", bytes]]))).toMatchObject({ dtypes: { uint16: 4 } });
});

test("NumPy: arrays alone and in an archive", async () => {
  const array = npy("'<f4'", "(2, 3)", 24);
  expect(await facts(array)).toMatchObject({ format: "npy", tensors: 1, dtypes: { float32: 6 } });
  const archive = zipFile([
    ["a.npy", { data: array, deflated: true }],
    ["b.npy", npy("'|b1'", "(2,)", 2)],
  ]);
  expect(await facts(archive)).toMatchObject({
    format: "npz",
    tensors: 2,
    dtypes: { float32: 6, bool: 2 },
  });
});

test("GGUF: tensors and single values", async () => {
  const bytes = gguf({
    values: [
      ["general.architecture", "llama"],
      ["llama.block_count", 2],
    ],
    tensors: [{ name: "t", dims: [32], type: 2, offset: 0 }],
    dataBytes: 18,
  });
  expect(await facts(bytes)).toMatchObject({
    format: "gguf",
    dtypes: { Q4_0: 32 },
    metadata: { "general.architecture": "llama", "llama.block_count": "2" },
  });
});

test("Keras: what its metadata say", async () => {
  const bytes = zipFile([
    ["metadata.json", Buffer.from('{"keras_version":"3.4.1","x":1}')],
    ["config.json", Buffer.from("{}")],
  ]);
  expect(await facts(bytes)).toMatchObject({
    format: "keras",
    metadata: { keras_version: "3.4.1" },
  });
});

test.each([
  ["text", Buffer.from("cat\ndog\n")],
  ["json", Buffer.from("{}")],
  ["pickle", plainDict],
  ["unknown", Buffer.from("f3a9c1007bd2", "hex")],
])("%s has a format and a size only", async (format, bytes) => {
  expect(await facts(bytes)).toEqual({ format, size: bytes.length });
});

test.each([
  ["safetensors", safetensorsFile({ a: floats([3], 0, 8) }, 8)],
  ["onnx", Buffer.concat([onnxFile(), Buffer.from([0x42])])],
  ["gguf", gguf({ version: 9 })],
  ["npy", npy("'<f4'", "(5,)", 4)],
  ["zip", zipFile([["a", numbers]]).subarray(0, 40)],
  [
    "keras",
    zipFile([
      ["metadata.json", Buffer.from("{")],
      ["config.json", Buffer.from("{}")],
    ]),
  ],
])("%s that breaks its format is E_SCAN and names the file", async (_, bytes) => {
  await expect(facts(bytes)).rejects.toMatchObject({ code: "E_SCAN", message: /^a: / });
});
