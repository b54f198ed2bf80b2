import { expect, test } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { tempDir } from "@plimsoll/testing";
import { childProgram } from "../fixtures/child-program.ts";
import { floats, numbersOf, scaleModel, writeVersion } from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import type { Model } from "../onnx/message.ts";
import { model } from "../onnx/model.ts";
import { node } from "../onnx/node.ts";
import { float32Tensor } from "../onnx/tensor.ts";
import { valueInfo } from "../onnx/value-info.ts";
import { externalize } from "./externalize.ts";

const size = 512;

/** y = (x · backbone) · head, where the head is the number `factor`. */
function twoParts(factor: number): Model {
  const backbone = Float32Array.from({ length: size * size }, (_, index) => (index % 7) / 7);
  return model({
    name: "two-parts",
    nodes: [node("MatMul", ["x", "backbone"], ["h"]), node("Mul", ["h", "head"], ["y"])],
    initializers: [
      float32Tensor("backbone", [size, size], backbone),
      float32Tensor("head", [], [factor]),
    ],
    inputs: [valueInfo("x", ["n", size])],
    outputs: [valueInfo("y", ["n", size])],
  });
}

const options = { process: { entry: childProgram() } };

test("a converted version answers the same under the same digest, and versions share the weights' file", async () => {
  await using dir = await tempDir();
  const [one, two] = [
    await writeVersion(dir.path, "v1", twoParts(1)),
    await writeVersion(dir.path, "v2", twoParts(2)),
  ];
  const light = await externalize(one, dir.join("weights"), options);
  expect(light.files).toHaveLength(2);
  expect(light.files[0]?.size).toBeLessThan(1000);
  const other = await externalize(two, dir.join("weights"), options);
  expect(other.files[1]).toEqual(light.files[1]);
  expect(await externalize(one, dir.join("weights"), options)).toEqual(light);
  const values = Array.from({ length: size }, (_, index) => index / size);
  const input = { kind: "tensors", tensors: [floats("x", [1, size], values)] } as const;
  const session = { prepacking: false };
  await withModels({ session }, async (models) => {
    await models.swap(one);
    const before = await models.predict("scale", input);
    await models.unload("scale");
    await models.swap(light);
    const after = await models.predict("scale", input);
    expect(after.digest).toBe(before.digest);
    expect(numbersOf(after.output)).toEqual(numbersOf(before.output));
    const pid = models.status()[0]?.versions[0]?.pid;
    if (process.platform === "linux") {
      expect(await readFile(`/proc/${pid}/maps`, "utf8")).toContain(light.files[1]?.name);
    }
  });
}, 180_000);

test("a small version stays as it is, and so does one with data beside it", async () => {
  await using dir = await tempDir();
  const small = await writeVersion(dir.path, "v1", scaleModel(2));
  expect(await externalize(small, dir.join("weights"), options)).toBe(small);
  const large = await writeVersion(dir.path, "v2", twoParts(1));
  const light = await externalize(large, dir.join("weights"), options);
  expect(await externalize(light, dir.join("again"), options)).toBe(light);
}, 180_000);

test("other bytes than the named ones are not converted", async () => {
  await using dir = await tempDir();
  const files = await writeVersion(dir.path, "v1", twoParts(1));
  const wrong = {
    ...files,
    files: files.files.map((file) => ({ ...file, sha256: "0".repeat(64) })),
  };
  const refused = externalize(wrong, dir.join("weights"), options);
  await expect(refused).rejects.toMatchObject({ code: "E_DIGEST" });
}, 180_000);
