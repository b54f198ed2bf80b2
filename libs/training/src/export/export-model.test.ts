import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { model, node, float32Tensor, valueInfo } from "@plimsoll/inference";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { backbone } from "../backbone/backbone.ts";
import { readBackbone } from "../backbone/backbone-file.ts";
import { classify, initHead } from "../head/head.ts";
import { seededRandom } from "../random.ts";
import { startModel } from "../runtime.ts";
import { exportModel } from "./export-model.ts";

jest.setTimeout(60_000);

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir.remove());

const width = 64;
/** Twice its input, by a diagonal matrix: easy to check, and large enough for a file of its own. */
const doubled = backbone({
  model: model({
    name: "doubled",
    nodes: [node("MatMul", ["ngrams", "matrix"], ["features"])],
    initializers: [
      float32Tensor(
        "matrix",
        [width, width],
        Float32Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 2 : 0)),
      ),
    ],
    inputs: [valueInfo("ngrams", ["batch", width])],
    outputs: [valueInfo("features", ["batch", width])],
  }),
  input: { kind: "text", name: "ngrams", size: width },
  width,
  source: "test",
});

const write = (name: string, seed: number, classes: readonly string[] = ["a", "b", "c"]) =>
  exportModel({
    model: "m",
    task: "text-classification",
    backbone: doubled,
    head: initHead([width, 8, classes.length], seededRandom(seed)),
    classes,
    facts: { seed },
    outDir: join(dir.path, name),
  });

test("onnxruntime answers as backbone and head do", async () => {
  const [main] = await write("answers", 1);
  const random = seededRandom(2);
  const input = Float32Array.from({ length: 2 * width }, () => random.normal());
  const running = await startModel(main?.path ?? "");
  const { probabilities } = await running.run({ ngrams: { data: input, dims: [2, width] } });
  await running.close();
  const head = initHead([width, 8, 3], seededRandom(1));
  const expected = classify(
    head,
    input.map((each) => each * 2),
  );
  expect(probabilities?.dims).toEqual([2, 3]);
  (probabilities?.data as Float32Array).forEach((each, i) =>
    expect(each).toBeCloseTo(expected[i] as number, 5),
  );
});

test("equal trainings give equal bytes; another head, or one more class, leaves the backbone's file", async () => {
  const first = await write("first", 1);
  const same = await write("same", 1);
  const next = await write("next", 2, ["a", "b", "c", "d"]);
  expect(same.map(({ sha256 }) => sha256)).toEqual(first.map(({ sha256 }) => sha256));
  expect(next[0]?.sha256).not.toBe(first[0]?.sha256);
  expect(next[1]).toMatchObject({ name: first[1]?.name, sha256: first[1]?.sha256 });
  expect(first[1]?.name).toMatch(/^backbone-[0-9a-f]{16}\.bin$/);
  expect(first[1]?.size).toBe(width * width * 4);
  expect(await readFile(next[1]?.path ?? "")).toHaveLength(width * width * 4);
});

test("the backbone is read back from a version without its head", async () => {
  const [main] = await write("back", 3);
  const read = await readBackbone(main?.path ?? "");
  expect(read.input).toEqual(doubled.input);
  expect(read.model.graph?.node?.map(({ opType }) => opType)).toEqual(["MatMul"]);
  expect(read.model.graph?.initializer?.map(({ name }) => name)).toEqual(["matrix"]);
});
