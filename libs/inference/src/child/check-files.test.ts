import { expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { link, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@plimsoll/testing";
import { floats, numbersOf, scaleModel, writeVersion } from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import type { ModelFile, ModelFiles } from "../model-files.ts";
import { encodeModel } from "../onnx/codec.ts";
import { model } from "../onnx/model.ts";
import { node } from "../onnx/node.ts";
import { valueInfo } from "../onnx/value-info.ts";
import { checkFiles } from "./check-files.ts";

async function put(dir: string, name: string, bytes: Uint8Array): Promise<ModelFile> {
  const path = join(dir, name);
  await writeFile(path, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name, path, size: bytes.byteLength, sha256 };
}

const version = (files: readonly ModelFile[], main?: string): ModelFiles => ({
  model: "scale",
  version: "v1",
  files,
  ...(main === undefined ? {} : { main }),
});

/** y = x · w with w in another file. */
const external = (location: string): Uint8Array =>
  encodeModel(
    model({
      name: "external",
      nodes: [node("Mul", ["x", "w"], ["y"])],
      initializers: [
        {
          name: "w",
          dims: [2],
          dataType: 1,
          dataLocation: 1,
          externalData: [
            { key: "location", value: location },
            { key: "offset", value: "0" },
            { key: "length", value: "8" },
          ],
        },
      ],
      inputs: [valueInfo("x", ["batch", 2])],
      outputs: [valueInfo("y", ["batch", 2])],
    }),
  );

const weights = new Uint8Array(Float32Array.of(3, 5).buffer);

test("O2: external data that is a file of the version in the same folder is taken, hard-linked or not", async () => {
  await using dir = await tempDir();
  const main = await put(dir.path, "model.onnx", external("w.bin"));
  const stored = await put(dir.path, "blob", weights);
  await link(stored.path, dir.join("w.bin"));
  const data = { ...stored, name: "w.bin", path: dir.join("w.bin") };
  await withModels({}, async (models) => {
    await models.swap(version([main, data]));
    const tensors = [floats("x", [1, 2], [1, 1])];
    const { output } = await models.predict("scale", { kind: "tensors", tensors });
    expect(numbersOf(output)).toEqual([3, 5]);
  });
}, 180_000);

test.each(["../w.bin", "/etc/hostname", "sub/w.bin", "w.bin"])(
  "O2: external data at %s, which is no file of the version, is refused",
  async (location) => {
    await using dir = await tempDir();
    await mkdir(dir.join("model"));
    await writeFile(dir.join("w.bin"), weights);
    // There, but unnamed: its bytes are bound by no digest.
    await writeFile(dir.join("model/w.bin"), weights);
    const main = await put(dir.join("model"), "model.onnx", external(location));
    await expect(checkFiles(version([main]), [main])).rejects.toMatchObject({
      code: "E_MODEL",
      message: expect.stringContaining("no file of this version"),
    });
  },
);

test("O3: external data is never looked for in the current folder", async () => {
  await using dir = await tempDir();
  const planted = await tempDir();
  await writeFile(planted.join("w.bin"), weights);
  const main = await put(dir.path, "model.onnx", external("w.bin"));
  const before = process.cwd();
  process.chdir(planted.path);
  try {
    await expect(checkFiles(version([main]), [main])).rejects.toMatchObject({ code: "E_MODEL" });
    const relative = { ...main, path: "model.onnx" };
    await expect(checkFiles(version([relative]), [relative])).rejects.toMatchObject({
      code: "E_USAGE",
    });
  } finally {
    process.chdir(before);
    await planted.remove();
  }
});

test("a changed byte in any file is found at every load", async () => {
  await using dir = await tempDir();
  const files = await writeVersion(dir.path, "v1", scaleModel(2));
  const extra = await put(dir.path, "labels.txt", Buffer.from("cat\ndog\n"));
  const both = { ...files, files: [...files.files, extra] };
  await withModels({}, async (models) => {
    await models.swap(both);
    await models.unload("scale");
    await writeFile(extra.path, "cat\ndot\n");
    await expect(models.swap(both)).rejects.toMatchObject({ code: "E_DIGEST" });
    // Not the version's fault: the right bytes are taken again.
    await writeFile(extra.path, "cat\ndog\n");
    expect(await models.swap(both)).toMatchObject({ outcome: "swapped" });
  });
}, 180_000);

const head = (...bytes: number[]): Uint8Array => Uint8Array.from([...bytes, ...Array(60).fill(0)]);

test.each<[string, string, Uint8Array]>([
  ["O1", "a pickle named .onnx", head(0x80, 4, 0x95)],
  ["O1", "a zip named .onnx", head(0x50, 0x4b, 3, 4)],
  ["O1", "gzip named .onnx", head(0x1f, 0x8b, 8)],
  ["O1", "GGUF named .onnx", head(0x47, 0x47, 0x55, 0x46, 3)],
  ["O1", "HDF5 named .onnx", head(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)],
  ["O7", "an empty file", new Uint8Array()],
  ["O7", "HTML", Buffer.from("<!doctype html><html></html>")],
  ["O7", "zeros", new Uint8Array(4096)],
  ["O7", "a cut model", encodeModel(scaleModel(2)).subarray(0, 60)],
  ["O7", "opset 999", encodeModel(model({ ...bare(), opset: 999 }))],
  ["O7", "IR version 99", encodeModel({ ...model(bare()), irVersion: 99 })],
])("%s: %s is refused with a reason", async (_row, _what, bytes) => {
  await using dir = await tempDir();
  const main = await put(dir.path, "model.onnx", bytes);
  await expect(checkFiles(version([main]), [main])).rejects.toMatchObject({
    code: "E_MODEL",
    message: expect.stringMatching(/^model\.onnx: .+: (export|sync|git)/),
  });
});

test("O1: weights of other frameworks are refused with the way to export them", async () => {
  await using dir = await tempDir();
  const main = await put(dir.path, "best.h5", head(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a));
  await expect(checkFiles(version([main]), [main])).rejects.toThrow(/Keras weights: export them/);
});

function bare(): Parameters<typeof model>[0] {
  return {
    name: "bare",
    nodes: [node("Identity", ["x"], ["y"])],
    inputs: [valueInfo("x", [1])],
    outputs: [valueInfo("y", [1])],
  };
}
