import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { floats, numbersOf, scaleModel, writeVersion } from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import type { ModelFile } from "../model-files.ts";
import type { Model } from "../onnx/message.ts";
import { model } from "../onnx/model.ts";
import { node } from "../onnx/node.ts";
import { float32Tensor } from "../onnx/tensor.ts";
import { valueInfo } from "../onnx/value-info.ts";

/** embedding [n, 4] = [x, x, x, x]. */
function backbone(): Model {
  return model({
    name: "backbone",
    nodes: [node("MatMul", ["x", "ones"], ["embedding"])],
    initializers: [float32Tensor("ones", [1, 4], [1, 1, 1, 1])],
    inputs: [valueInfo("x", ["n", 1])],
    outputs: [valueInfo("embedding", ["n", 4])],
  });
}

/** scores [1, 2] = embedding · W. */
function head(): Model {
  return model({
    name: "head",
    nodes: [node("MatMul", ["features", "W"], ["scores"])],
    initializers: [float32Tensor("W", [4, 2], [1, 0, 1, 0, 1, 0, 1, -1])],
    inputs: [valueInfo("features", [1, 4])],
    outputs: [valueInfo("scores", [1, 2])],
  });
}

test("a backbone and a head in two files are one model, whatever their order", async () => {
  await using dir = await tempDir();
  const [a, b] = [
    await writeVersion(dir.path, "backbone", backbone()),
    await writeVersion(dir.path, "head", head()),
  ];
  await withModels({}, async (models) => {
    const both = { model: "scale", version: "v1", files: [...b.files, ...a.files] };
    await models.swap(both);
    expect(models.status()[0]?.versions[0]).toMatchObject({
      inputs: [{ name: "x" }],
      outputs: [{ name: "scores" }],
    });
    // The head takes the mean over all rows: (1 + 2 + 6) / 3.
    const tensors = [floats("x", [3, 1], [1, 2, 6])];
    const { output, digest } = await models.predict("scale", { kind: "tensors", tensors });
    expect(numbersOf(output)).toEqual([12, -3]);
    expect(digest).toBe(b.files[0]?.sha256);
  });
}, 180_000);

test("files that are no model of one or two parts are refused with what to say", async () => {
  await using dir = await tempDir();
  const files: ModelFile[] = [];
  for (const name of ["a", "b", "c"]) {
    files.push(...(await writeVersion(dir.path, name, scaleModel(2))).files);
  }
  await withModels({}, async (models) => {
    const all = { model: "scale", version: "v1", files };
    await expect(models.swap(all)).rejects.toThrow(/several ONNX files.*name the one to load/);
    const two = { ...all, files: files.slice(0, 2) };
    await expect(models.swap(two)).rejects.toMatchObject({ code: "E_MODEL" });
    await expect(models.swap({ ...all, main: "d.onnx" })).rejects.toThrow(/no file d.onnx/);
    await expect(models.swap({ ...all, files: [] })).rejects.toThrow(/no files/);
    expect(await models.swap({ ...all, main: "b.onnx" })).toMatchObject({ outcome: "swapped" });
  });
}, 180_000);
