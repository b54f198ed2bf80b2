import { writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { fileFacts } from "./file-facts.ts";
import { publishWeights } from "./publish.ts";

/** One field of protobuf: a length-delimited one, or a number. */
function field(number: number, value: Uint8Array | string | number): Buffer {
  if (typeof value === "number") return Buffer.from([number << 3, value]);
  const bytes = Buffer.from(value);
  const length =
    bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}
const join = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);

/** `y = x · w` in ONNX, float32 [1, 4] in and out, with metadata as exporters write them. */
function onnx(metadata: Readonly<Record<string, string>>): Buffer {
  const dims = join(field(1, field(1, 1)), field(1, field(1, 4)));
  const value = (name: string): Buffer =>
    join(field(1, name), field(2, field(1, join(field(1, 1), field(2, dims)))));
  const weights = join(field(1, 4), field(2, 1), field(8, "w"), field(9, Buffer.alloc(16)));
  const node = join(field(1, "x"), field(1, "w"), field(2, "y"), field(4, "Mul"));
  const graph = join(
    field(1, node),
    field(2, "g"),
    field(5, weights),
    field(11, value("x")),
    field(12, value("y")),
  );
  const properties = Object.entries(metadata).map(([key, text]) =>
    field(14, join(field(1, key), field(2, text))),
  );
  return join(field(1, 8), field(7, graph), field(8, join(field(2, 17))), ...properties);
}

test("an ONNX model says its parameters, shapes, task and classes", async () => {
  await using dir = await tempDir();
  const names = "{0: 'person', 1: \"fire truck\", 2: 'it\\'s'}";
  await writeFile(dir.join("m.onnx"), onnx({ task: "detect", names }));
  expect(await fileFacts(dir.join("m.onnx"), "m.onnx")).toEqual({
    task: "object-detection",
    classes: ["person", "fire truck", "it's"],
    facts: {
      format: "onnx",
      parameters: 4,
      tensors: 1,
      dtypes: { float32: 4 },
      opset: 17,
      ir_version: 8,
      inputs: [{ name: "x", dtype: "float32", shape: [1, 4] }],
      outputs: [{ name: "y", dtype: "float32", shape: [1, 4] }],
    },
  });
});

test.each([
  ["[1, 2]", undefined],
  ['["a", "b"]', ["a", "b"]],
  ["{1: 'b', 0: 'a'}", undefined],
  ["[[[[", undefined],
])("classes from %j", async (labels, classes) => {
  await using dir = await tempDir();
  await writeFile(dir.join("m.onnx"), onnx({ labels }));
  expect((await fileFacts(dir.join("m.onnx"), "m.onnx"))["classes"]).toEqual(classes);
});

test("what is no model says nothing, and a document beside the weights is believed before the file", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("a.onnx"), "text");
  expect(await fileFacts(dir.join("a.onnx"), "a.onnx")).toEqual({});
  await writeFile(dir.join("a.onnx"), onnx({ task: "detect", names: "{0: 'x'}" }));
  await writeFile(dir.join("metadata.json"), JSON.stringify({ task: "tensor" }));
  const { manifest } = await publishWeights({
    from: [dir.path],
    include: ["*.onnx"],
    to: [dir.join("store")],
    release: "v1.0.0",
    model: "a",
    cache: false,
  });
  expect(manifest.manifest.metadata).toMatchObject({
    task: "tensor",
    classes: ["x"],
    facts: { parameters: 4, opset: 17 },
  });
});
