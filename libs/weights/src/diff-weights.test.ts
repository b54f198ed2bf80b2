import { rm } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { diffWeights, type DiffSide } from "./diff-weights.ts";
import { publishWeights } from "./publish.ts";
import { noise } from "./testing/noise.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

const MIB = 1_048_576;
const v1 = noise(16 * MIB);
const v2 = Buffer.from(v1);
noise(MIB, 9).copy(v2, 4 * MIB);

async function two(at: Workplace) {
  const options = { from: [at.weights], to: [at.store], model: "cnn", cache: at.cache };
  await at.fill({ "cnn.onnx": v1, "labels.json": "[1]", "old.json": "[]" });
  const first = await publishWeights({ ...options, release: "v1.0.0" });
  await rm(`${at.weights}/old.json`);
  await at.fill({ "cnn.onnx": v2, "labels.json": "[1]" });
  const second = await publishWeights({ ...options, release: "v2.0.0" });
  return { first, second };
}

const diff = async (at: Workplace, before: DiffSide, after: DiffSide) =>
  await diffWeights({ before, after, cache: await at.newCache() });

test("two versions of a store: what is shared, and what an update fetches", async () => {
  await using at = await workplace();
  const { second } = await two(at);
  const side = { from: at.store, model: "cnn" };
  const share = await diff(at, { ...side, release: "v1.0.0" }, { ...side, release: "v2.0.0" });
  expect(share.removed).toEqual(["old.json"]);
  expect(share.files.map(({ name, state }) => [name, state])).toEqual([
    ["cnn.onnx", "changed"],
    ["labels.json", "same"],
  ]);
  expect(share.fetchBytes).toBeGreaterThanOrEqual(MIB);
  expect(share.fetchBytes).toBeLessThan(4 * MIB);
  expect(share.sharedBytes).toBe(share.bytes - share.fetchBytes);
  expect(second.update).toMatchObject({ from: "v1.0.0", fetchBytes: share.fetchBytes });
});

test("the first version has nothing to compare with", async () => {
  await using at = await workplace();
  expect((await two(at)).first.update).toBeUndefined();
});

test("two files, whatever they are called", async () => {
  await using at = await workplace();
  await at.fill({ "a.onnx": v1, "b.onnx": v2 });
  const share = await diff(at, { from: `${at.weights}/a.onnx` }, { from: `${at.weights}/b.onnx` });
  expect(share.files).toMatchObject([{ name: "b.onnx", state: "changed", chunked: true }]);
  expect(share.fetchBytes).toBeLessThan(4 * MIB);
  const same = await diff(at, { from: `${at.weights}/a.onnx` }, { from: `${at.weights}/a.onnx` });
  expect(same).toMatchObject({ fetchBytes: 0, files: [{ state: "same" }] });
});

test("a manifest on this disk against a version; without any index a changed file counts whole", async () => {
  await using at = await workplace();
  const options = { from: [at.weights], to: [at.store], model: "cnn", cache: false } as const;
  await at.fill({ "cnn.onnx": v1 });
  await publishWeights({ ...options, release: "v1.0.0", chunks: false });
  await at.fill({ "cnn.onnx": v2 });
  await publishWeights({ ...options, release: "v2.0.0", chunks: false });
  const local = { from: `${at.weights}/manifest.json` };
  const share = await diff(at, { from: at.store, model: "cnn", release: "v1.0.0" }, local);
  expect(share).toMatchObject({ fetchBytes: v2.length });
});
