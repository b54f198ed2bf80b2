import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { decodeModel } from "@plimsoll/inference";
import { madeText, tempDir, type TempDir, textClasses } from "@plimsoll/testing";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sample } from "./dataset/sample.ts";
import type { Stage } from "./run/progress.ts";
import type { TrainedModel } from "./run/trained-model.ts";
import type { TrainModelOptions } from "./run/train-options.ts";
import { trainModel } from "./train-model.ts";
import { writeSamples } from "./testing/samples.ts";

// Versions are evaluated in processes of their own, which start slowly on a busy machine.
jest.setTimeout(300_000);

let dir: TempDir;
let samples: Sample[];
let first: TrainedModel;

const options = (more: Partial<TrainModelOptions> = {}): TrainModelOptions => ({
  model: "tickets",
  task: "text-classification",
  samples,
  outDir: join(dir.path, "out"),
  workDir: join(dir.path, "work"),
  now: () => new Date("2026-11-21T12:00:00Z"),
  ...more,
});

beforeAll(async () => {
  dir = await tempDir();
  samples = await writeSamples(join(dir.path, "texts"), textClasses, 60, (name, n) =>
    madeText(name as (typeof textClasses)[number], n),
  );
  first = await trainModel(options({ lineage: { commit: "abc" } }));
});
afterAll(() => dir.remove());

test("made texts are told apart on held-out originals, through the serving pipeline", () => {
  expect(first.metrics.samples).toBe(60);
  expect(first.metrics.accuracy).toBeGreaterThanOrEqual(0.9);
  expect(first.gate).toEqual({ passed: true, reasons: [] });
  expect(first.confusion.flat().reduce((a, b) => a + b)).toBe(60);
  expect(first.curves.length).toBeGreaterThan(3);
  expect(first.problems).toEqual([]);
});

test("the file says what it was trained on; metadata, metrics, card and plots lie beside it", async () => {
  const [main] = first.files;
  const { metadataProps = [] } = decodeModel(await readFile(main?.path ?? ""));
  const props = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
  expect(JSON.parse(props["labels"] ?? "")).toEqual([...textClasses].sort());
  expect(JSON.parse(props["training"] ?? "")).toMatchObject({ seed: 1, head: "softmax" });
  expect(first.metadata).toMatchObject({
    task: "text-classification",
    accuracy: first.metrics.accuracy,
    training_date: "2026-11-21T12:00:00.000Z",
    dataset: { samples: 300, test: 60 },
    training: { commit: "abc", hold_out: 0.2 },
    golden: expect.anything(),
  });
  const text = async (name: string): Promise<string> =>
    readFile(first.documents.find((path) => path.endsWith(name)) ?? "", "utf8");
  expect(JSON.parse(await text("metadata.json"))).toEqual(first.metadata);
  expect(JSON.parse(await text("metrics.json"))).toMatchObject({ metrics: first.metrics });
  expect(await text("model-card.md")).toMatch(/macro-F1 \| 0\.\d+/);
  expect(await text("learning-curves.svg")).toMatch(/<polyline points="\d/);
  expect(await text("confusion-matrix.svg")).toMatch(/>billing</);
});

test("a second call goes on after the last finished stage, with the same bytes", async () => {
  const stages = new Set<Stage>();
  const again = await trainModel(
    options({ lineage: { commit: "abc" }, onProgress: ({ stage }) => stages.add(stage) }),
  );
  expect([...stages]).toEqual(["export", "evaluate"]);
  expect(again.files.map(({ sha256 }) => sha256)).toEqual(first.files.map(({ sha256 }) => sha256));
});

test("another seed is another run, and is compared with the version before on the same split", async () => {
  const next = await trainModel(
    options({
      head: "mlp",
      epochs: 5,
      outDir: join(dir.path, "next"),
      workDir: join(dir.path, "next-work"),
      previous: { ...first.version, version: "v1.0.0" },
    }),
  );
  expect(next.previousMetrics?.samples).toBe(next.metrics.samples);
  expect(next.previousMetrics?.accuracy).toBe(first.metrics.accuracy);
  expect(await readFile(join(dir.path, "next", "model-card.md"), "utf8")).toContain("v1.0.0");
});

test("one class is refused by name, and nothing is written", async () => {
  const one = samples.filter((each) => each.class === "billing");
  const outDir = join(dir.path, "none");
  await expect(trainModel(options({ samples: one, outDir }))).rejects.toMatchObject({
    code: "E_SAMPLES",
    message: expect.stringContaining("billing"),
  });
  await expect(readFile(join(outDir, "model.onnx"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a run that is aborted in the middle leaves no version", async () => {
  const controller = new AbortController();
  const outDir = join(dir.path, "aborted");
  const run = trainModel(
    options({
      outDir,
      workDir: join(dir.path, "aborted-work"),
      signal: controller.signal,
      onProgress: ({ stage, done }) => {
        if (stage === "train" && done === 2) controller.abort();
      },
    }),
  );
  await expect(run).rejects.toMatchObject({ code: "E_ABORTED" });
  await expect(readFile(join(outDir, "model.onnx"))).rejects.toMatchObject({ code: "ENOENT" });
});
