import { expect, test } from "@jest/globals";
import { inMemory } from "../bytes/random-access.ts";
import { bytesField, node, onnxFile, tensor } from "../testing/onnx-bytes.ts";
import { gguf } from "../testing/gguf-bytes.ts";
import { npy } from "../testing/npy-bytes.ts";
import { osSystem } from "../testing/pickle-bytes.ts";
import { zipFile } from "../testing/zip-file.ts";
import { scanFile, type ScanReport } from "./scan-file.ts";

const scan = (name: string, bytes: Uint8Array): Promise<ScanReport> =>
  scanFile(inMemory(bytes), { name });
const external = (location: string, more: Readonly<Record<string, string>> = {}): Buffer =>
  onnxFile({ initializers: [tensor("w", [2], { external: { location, ...more } })] });

test("O2: external data beside the model are listed by the names that a manifest uses", async () => {
  const report = await scan("sub/model.onnx", external("model.onnx_data", { length: "8" }));
  expect(report).toMatchObject({ refused: false, externalData: ["sub/model.onnx_data"] });
  expect(report.findings).toMatchObject([{ level: "note", rule: "path" }]);
});

test.each([
  "../secret",
  "a/../../secret",
  "/etc/passwd",
  "C:\\secret",
  "\\\\host\\share",
  "./a",
  "",
  "a\0b",
  "*/_ORT_MEM_ADDR_/*",
])("O2: external data at %j are refused", async (location) => {
  const report = await scan("model.onnx", external(location));
  expect(report.findings[0]).toMatchObject({ level: "refuse", rule: "path" });
});

test.each([
  ["offset", "-64"],
  ["offset", "1e3"],
  ["offset", "99999999999999999999"],
  ["length", "-1"],
  ["length", " 8"],
])("O5: external data with an %s of %s are refused", async (key, text) => {
  expect(await scan("model.onnx", external("w.bin", { [key]: text }))).toMatchObject({
    refused: true,
  });
});

test("operators of a foreign domain are told, those of a function of the file are not", async () => {
  const report = await scan("a.onnx", onnxFile({ nodes: [node("Op", "my.ops")] }));
  expect(report).toMatchObject({ refused: false });
  expect(report.findings).toMatchObject([{ level: "warn", rule: "operator" }]);
  const own = bytesField(25, Buffer.concat([bytesField(1, "Op"), bytesField(10, "my.ops")]));
  const local = await scan("a.onnx", onnxFile({ nodes: [node("Op", "my.ops")], more: [own] }));
  expect(local.findings).toEqual([]);
  const python = await scan("a.onnx", onnxFile({ nodes: [node("PythonOp", "com.microsoft")] }));
  expect(python.findings).toMatchObject([{ level: "warn", rule: "operator" }]);
});

test.each([
  ["floats", npy("'<f4'", "(2, 2)", 16)],
  ["a scalar", npy("'<i8'", "()", 8)],
  ["texts", npy("'<U3'", "(2,)", 24)],
  ["dates", npy("'<M8[D]'", "(2,)", 16)],
  ["a structure with a shape", npy("[('Other', '<f4', (2, 2))]", "(1,)", 16)],
  ["a structure", npy("[('a', '<f4'), ('b', '<i2')]", "(2,)", 12)],
])("an array of %s passes, alone and in an archive", async (_, bytes) => {
  expect(await scan("a.npy", bytes)).toMatchObject({ refused: false, format: "npy" });
  const archive = zipFile([["a.npy", { data: bytes, deflated: true }]]);
  expect(await scan("a.npz", archive)).toMatchObject({
    refused: false,
    format: "npz",
    findings: [],
  });
});

test.each([
  ["objects", npy("'|O'", "(1,)", 40)],
  ["objects with a size", npy("'|O8'", "(1,)", 40)],
  ["objects among others", npy("'f4,O'", "(1,)", 40)],
  ["several objects", npy("'(2,)O'", "(1,)", 40)],
  ["objects by another name", npy("'object_'", "(1,)", 40)],
  ["a structure inside a structure", npy("[('a', [('b', 'O')])]", "(1,)", 40)],
  ["a structure with objects", npy("[('a', '<f4'), ('b', 'O')]", "(1,)", 40)],
  ["a header that is an expression", npy("__import__('os')", "(1,)", 4)],
  ["a shape that does not fit", npy("'<f4'", "(5,)", 16)],
  ["a pickle", osSystem],
])("V19: an array of %s is refused, alone and in an archive", async (_, bytes) => {
  expect(await scan("a.npy", bytes)).toMatchObject({ refused: true });
  expect(await scan("a.npz", zipFile([["a.npy", bytes]]))).toMatchObject({ refused: true });
});

const layer = (name: string, module?: string | null): object => ({
  ...(module !== undefined && { module }),
  class_name: name,
  config: { name: "x" },
});
const model = (...layers: readonly object[]): string =>
  JSON.stringify({
    module: "keras",
    class_name: "Sequential",
    config: { layers },
    registered_name: null,
  });
const keras = (config: string): Buffer =>
  zipFile([
    ["metadata.json", Buffer.from('{"keras_version":"3.4.1"}')],
    ["config.json", Buffer.from(config)],
    ["model.weights.h5", hdf5("")],
  ]);
const hdf5 = (text: string): Buffer =>
  Buffer.concat([
    Buffer.from("\x89HDF\r\n\x1a\n", "latin1"),
    Buffer.alloc(2000, 7),
    Buffer.from(text),
    Buffer.alloc(500, 7),
  ]);

test("Keras models of plain layers pass", async () => {
  const config = model(
    layer("Dense", "keras.layers"),
    layer("InputLayer", "keras.src.layers.core"),
  );
  expect(await scan("a.keras", keras(config))).toMatchObject({ refused: false, format: "keras" });
  const report = await scan("a.h5", hdf5(model(layer("Dense"))));
  expect(report).toMatchObject({ refused: false, format: "hdf5" });
  expect(report.findings).toMatchObject([{ level: "note", rule: "unseen" }]);
});

const harmful: [string, string][] = [
  ["a Lambda layer", model(layer("Lambda", "keras.layers"))],
  ["a Lambda layer without a module", model(layer("Lambda"))],
  ["a function of Python", model({ module: "os", class_name: "function", config: "system" })],
  ["a download by Keras itself", model(layer("get_file", "keras.utils"))],
  ["a switch of Keras", model(layer("enable_unsafe_deserialization", "keras.config"))],
  ["a name with a way", model(layer("utils.get_file", "keras"))],
  ["a pickle of PyTorch", model(layer("TorchModuleWrapper", "keras.layers"))],
  ["an own class", model(layer("Mine", "my_package.layers"))],
  [
    "a key spelled with an escape",
    model(layer("Lambda")).replaceAll("class_name", "class\\u005fname"),
  ],
  ["a Lambda spelled with an escape", model(layer("Lambda")).replace('"Lambda"', '"\\u004cambda"')],
];

test.each(harmful)("%s in a Keras model is refused", async (_, config) => {
  expect(await scan("a.keras", keras(config))).toMatchObject({ refused: true });
  expect(await scan("a.json", Buffer.from(config))).toMatchObject({ refused: true });
  expect(await scan("a.h5", hdf5(config))).toMatchObject({ refused: true });
});

test("JSON that Python reads and we do not is searched as text", async () => {
  const nan = (text: string): Buffer => Buffer.from(text.replace("{", '{"loss": NaN, '));
  expect(await scan("a.json", nan(model(layer("Dense"))))).toMatchObject({
    refused: false,
    findings: [{ level: "warn", rule: "structure" }],
  });
  expect(await scan("a.json", nan(model(layer("Lambda"))))).toMatchObject({ refused: true });
  const archive = keras(nan(model(layer("Dense"))).toString());
  expect(await scan("a.keras", archive)).toMatchObject({ refused: true });
});

test("class names that nobody builds are no finding", async () => {
  const json = '{"classes": [{"class_name": "Lambda", "id": 1}], "x": "a \\u0026 b"}';
  expect(await scan("a.json", Buffer.from(json))).toMatchObject({ findings: [] });
});

test("a Lambda layer on the border of two blocks of HDF5 is seen", async () => {
  for (const before of [(1 << 20) - 20, (1 << 20) - 2100, (1 << 20) - 4090, 3 << 20]) {
    const text = Buffer.from(model(layer("Lambda")));
    const bytes = Buffer.concat([
      hdf5("").subarray(0, 8),
      Buffer.alloc(before, 7),
      text,
      Buffer.alloc(9000, 7),
    ]);
    expect((await scan("a.h5", bytes)).findings[0]).toMatchObject({ rule: "code" });
  }
});

test("GGUF: a chat template is noted", async () => {
  const report = await scan("a.gguf", gguf({ values: [["tokenizer.chat_template", "{{ x }}"]] }));
  expect(report).toMatchObject({ refused: false, format: "gguf", findings: [{ level: "note" }] });
});
