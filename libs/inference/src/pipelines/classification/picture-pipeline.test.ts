import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { ModelMetadata } from "@plimsoll/manifest";
import sharp from "sharp";
import type { ModelConfig } from "../../model-config.ts";
import type { ModelInput } from "../../model-input.ts";
import { encodeModel } from "../../onnx/codec.ts";
import { model } from "../../onnx/model.ts";
import { node } from "../../onnx/node.ts";
import { valueInfo } from "../../onnx/value-info.ts";
import { openPipeline } from "../open-pipeline.ts";
import { testSession, type TestSession } from "../../testing/session.ts";
import { tensorValues } from "../tensor-values.ts";

/** The mean of red, green and blue, as logits: which colour a picture has. */
function colourModel(shape: readonly (number | string)[], axes: readonly number[]): Uint8Array {
  return encodeModel(
    model({
      name: "colour",
      nodes: [node("ReduceMean", ["images"], ["mean"], { axes, keepdims: 0 })],
      inputs: [valueInfo("images", shape)],
      outputs: [valueInfo("mean", ["batch", 3])],
    }),
  );
}

let first: TestSession;
let last: TestSession;
beforeAll(async () => {
  first = await testSession(colourModel(["batch", 3, "height", "width"], [2, 3]));
  last = await testSession(colourModel(["batch", 32, 48, 3], [1, 2]));
});
afterAll(async () => {
  await first.close();
  await last.close();
});

const classes = ["red", "green", "blue"];
const solid = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 60, height: 30, channels: 3, background } })
    .png()
    .toBuffer();

async function classify(
  session: TestSession,
  bytes: Uint8Array,
  metadata: ModelMetadata,
  config: ModelConfig = {},
  confidence?: number,
): Promise<{
  readonly shape: readonly number[];
  readonly first: number;
  readonly output: unknown;
}> {
  const pipeline = await openPipeline({ ...session, metadata, modelMetadata: {}, config });
  expect(pipeline.accepts).toEqual(["image", "tensors"]);
  const input: ModelInput = {
    kind: "image",
    bytes,
    ...(confidence === undefined ? {} : { confidence }),
  };
  const { feeds, state } = await pipeline.prepare(input);
  const [feed] = feeds;
  if (feed === undefined) throw new Error("nothing to feed");
  const output = pipeline.finish(await session.run(feeds), state, config, input);
  return { shape: feed.shape, first: tensorValues(feed)[0] ?? NaN, output };
}

test("a picture gets the class that the model gives it, channels first or last", async () => {
  for (const [index, name] of classes.entries()) {
    const bytes = await solid(["#ff0000", "#00ff00", "#0000ff"][index] ?? "");
    const open = await classify(first, bytes, { classes });
    expect(open.output).toMatchObject({ kind: "classification", predictedClass: name });
    expect(open.shape).toEqual([1, 3, 224, 224]);
    const fixed = await classify(last, bytes, { classes });
    expect(fixed.output).toMatchObject({ kind: "classification", predictedClass: name });
    expect(fixed.shape).toEqual([1, 32, 48, 3]);
  }
});

test("size, range, mean and deviation are the metadata's", async () => {
  const { shape, first: value } = await classify(first, await solid("#ff0000"), {
    classes,
    input: {
      width: 20,
      height: 10,
      range: [-1, 1],
      mean: [0.5, 0.5, 0.5],
      std: [0.25, 0.5, 0.5],
    },
  });
  expect(shape).toEqual([1, 3, 10, 20]);
  expect(value).toBe(2);
});

test("labels and thresholds are the configuration's", async () => {
  const bytes = await solid("#ff9900");
  const config = { labels: ["rot", "grün", "blau"], confidence_threshold: 0.4 };
  const { output } = await classify(first, bytes, { classes }, config);
  expect(output).toMatchObject({
    predictedClass: "rot",
    probabilities: { rot: expect.closeTo(0.491, 2) },
  });
  const asked = await classify(first, bytes, { classes }, config, 0.1);
  expect(Object.keys((asked.output as { probabilities: object }).probabilities)).toHaveLength(3);
});

test("an Ultralytics classifier sees the middle of a picture, others all of it", async () => {
  const bytes = await sharp({
    create: { width: 90, height: 30, channels: 3, background: "#ff0000" },
  })
    .composite([
      {
        input: { create: { width: 30, height: 30, channels: 3, background: "#0000ff" } },
        left: 30,
        top: 0,
      },
    ])
    .png()
    .toBuffer();
  const input: ModelInput = { kind: "image", bytes };
  for (const [task, answer] of [
    ["classify", "blue"],
    ["image-classification", "red"],
  ] as const) {
    const modelMetadata = { task, imgsz: "[32, 32]", names: "{0: 'red', 1: 'green', 2: 'blue'}" };
    const pipeline = await openPipeline({ ...first, modelMetadata, config: {} });
    const { feeds, state } = await pipeline.prepare(input);
    expect(feeds[0]?.shape).toEqual([1, 3, 32, 32]);
    const output = pipeline.finish(await first.run(feeds), state, {}, input);
    expect(output).toMatchObject({ predictedClass: answer });
  }
});
