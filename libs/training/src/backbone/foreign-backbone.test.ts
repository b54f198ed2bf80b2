import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import {
  encodeModel,
  float32Tensor,
  int64Tensor,
  logMel,
  type Model,
  model,
  node,
  valueInfo,
} from "@plimsoll/inference";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openEmbedder } from "../features/embed.ts";
import { seededRandom } from "../random.ts";
import { foreignBackbone } from "./foreign-backbone.ts";

jest.setTimeout(60_000);

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir.remove());

async function save(name: string, saved: Model): Promise<string> {
  const path = join(dir.path, name);
  await writeFile(path, encodeModel(saved));
  return path;
}

/** Like YAMNet: a waveform in, rows of scores `[n, 2]` and of embeddings `[n, 4]` out, a row for every 4 samples. */
const rowsOfWaveform = model({
  name: "rows",
  nodes: [
    node("Reshape", ["wave", "shape"], ["embeddings"]),
    node("MatMul", ["embeddings", "pick"], ["scores"]),
  ],
  initializers: [
    int64Tensor("shape", [2], [-1, 4]),
    float32Tensor("pick", [4, 2], [1, 0, 0, 1, 0, 0, 0, 0]),
  ],
  inputs: [valueInfo("wave", ["samples"])],
  outputs: [valueInfo("scores", ["rows", 2]), valueInfo("embeddings", ["rows", 4])],
});

test("a model of waveforms: the longest rows are taken and averaged", async () => {
  const frozen = await foreignBackbone(
    { path: await save("rows.onnx", rowsOfWaveform) },
    "audio-classification",
  );
  expect(frozen).toMatchObject({ width: 4, input: { kind: "waveform", rank: 1 } });
  const embedder = await openEmbedder(frozen);
  const samples = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const row = await embedder.embed({ kind: "waveform", samples }, 1, seededRandom(1));
  await embedder.close();
  expect([...row]).toEqual([3, 4, 5, 6]);
});

test("an output that is named is taken; one that is not there is refused with what there is", async () => {
  const path = await save("named.onnx", rowsOfWaveform);
  const frozen = await foreignBackbone({ path, output: "scores" }, "audio-classification");
  expect(frozen.width).toBe(2);
  await expect(
    foreignBackbone({ path, output: "nope" }, "audio-classification"),
  ).rejects.toMatchObject({ code: "E_MODEL", message: expect.stringContaining("embeddings") });
});

test("a model of mel patches gets the spectrogram that serving would compute", async () => {
  const means = model({
    name: "means",
    nodes: [node("ReduceMean", ["patch"], ["bands"], { axes: [1, 2], keepdims: 0 })],
    inputs: [valueInfo("patch", ["n", 1, 96, 64])],
    outputs: [valueInfo("bands", ["n", 64])],
  });
  const frozen = await foreignBackbone(
    { path: await save("means.onnx", means) },
    "audio-classification",
  );
  const embedder = await openEmbedder(frozen);
  const samples = Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 5));
  const row = await embedder.embed({ kind: "waveform", samples }, 1, seededRandom(1));
  await embedder.close();
  const { values, patches } = logMel(samples);
  const mean = new Float32Array(64);
  values.forEach((each, i) => (mean[i % 64] = (mean[i % 64] as number) + each / (96 * patches)));
  row.forEach((each, band) => expect(each).toBeCloseTo(mean[band] as number, 2));
});

test("a model of pictures: normalised in the graph, maps averaged", async () => {
  const identity = model({
    name: "identity",
    nodes: [node("Identity", ["x"], ["map"])],
    inputs: [valueInfo("x", ["n", 3, 8, 8])],
    outputs: [valueInfo("map", ["n", 3, 8, 8])],
  });
  const frozen = await foreignBackbone(
    { path: await save("map.onnx", identity), mean: [0, 0.5, 0], deviation: [1, 0.5, 1] },
    "image-classification",
  );
  expect(frozen).toMatchObject({ width: 3, input: { width: 8, height: 8, layout: "NCHW" } });
  const embedder = await openEmbedder(frozen);
  const pixels = new Uint8Array(192).fill(255);
  const row = await embedder.embed({ kind: "picture", pixels }, 1, seededRandom(1));
  await embedder.close();
  expect([...row]).toEqual([1, 1, 1]);
});

test("an opset before 13 is refused", async () => {
  const path = await save("old.onnx", {
    ...rowsOfWaveform,
    opsetImport: [{ domain: "", version: 11 }],
  });
  await expect(foreignBackbone({ path }, "audio-classification")).rejects.toMatchObject({
    code: "E_MODEL",
    message: expect.stringContaining("opset 11"),
  });
});
