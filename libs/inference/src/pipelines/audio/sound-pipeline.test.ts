import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { ModelMetadata } from "@plimsoll/manifest";
import { wav } from "../../audio/fixture/wav.ts";
import type { ModelInput } from "../../model-input.ts";
import type { ModelOutput } from "../../prediction.ts";
import type { NamedTensor } from "../../tensor.ts";
import { openPipeline } from "../open-pipeline.ts";
import { chainStages, type RunnableStage } from "../stages.ts";
import { tensorValues } from "../tensor-values.ts";
import { testSession, type TestSession } from "../../testing/session.ts";
import { embeddingModel, halvesModel, headModel } from "./fixture-models.ts";

const open: TestSession[] = [];
let backbone: RunnableStage;
let head: RunnableStage;
beforeAll(async () => {
  backbone = await load("yamnet.onnx", embeddingModel());
  head = await load("head.onnx", headModel());
});
afterAll(async () => {
  for (const session of open) await session.close();
});

async function load(name: string, bytes: Uint8Array): Promise<RunnableStage> {
  const session = await testSession(bytes);
  open.push(session);
  return { name, ...session };
}

interface Heard {
  readonly output: ModelOutput;
  readonly feeds: readonly NamedTensor[];
}

async function hear(
  stage: RunnableStage,
  bytes: Uint8Array,
  metadata: ModelMetadata = {},
  modelMetadata: Readonly<Record<string, string>> = {},
): Promise<Heard> {
  const pipeline = await openPipeline({ ...stage, metadata, modelMetadata, config: {} });
  expect(pipeline.accepts).toEqual(["audio", "tensors"]);
  const input: ModelInput = { kind: "audio", bytes };
  const { feeds, state } = await pipeline.prepare(input);
  return { feeds, output: pipeline.finish(await stage.run(feeds), state, {}, input) };
}

const tone = (hertz: number, seconds: number, sampleRate = 16_000): number[] =>
  Array.from(
    { length: Math.round(seconds * sampleRate) },
    (_, index) => 0.9 * Math.sin((2 * Math.PI * hertz * index) / sampleRate),
  );
const sound = (samples: readonly number[], sampleRate = 16_000): Uint8Array =>
  wav([samples], { bits: 16, sampleRate });

test("a YAMNet-shaped backbone and a head are one model, whichever file comes first", async () => {
  for (const stages of [
    [backbone, head],
    [head, backbone],
  ]) {
    const chain = chainStages(stages);
    for (const [hertz, name] of [
      [500, "low"],
      [6000, "high"],
    ] as const) {
      const { output, feeds } = await hear(chain, sound(tone(hertz, 1, 44_100), 44_100), {
        classes: ["low", "high"],
      });
      expect(output).toMatchObject({ kind: "classification", predictedClass: name });
      expect(feeds[0]?.shape).toEqual([16_000]);
    }
  }
});

test("a backbone alone answers with its own scores, averaged over its patches", async () => {
  const { output } = await hear(backbone, sound(tone(1000, 2)));
  expect(output).toMatchObject({ kind: "classification" });
  if (output.kind === "classification") {
    expect(Object.keys(output.probabilities)).toHaveLength(521);
    // 1,000 Hz at 16 kHz turns 4 times in 64 samples: cosine 8, in one of its repetitions.
    expect(Number(output.predictedClass) % 64).toBe(8);
  }
});

test("a short sound becomes 0.975 seconds for a model of any length", async () => {
  const { feeds } = await hear(backbone, sound(tone(1000, 0.2)));
  expect(feeds[0]?.shape).toEqual([15_600]);
});

test("a fixed number of samples: the loudest part, zeros behind it, or the sound again", async () => {
  const model = await load("halves.onnx", halvesModel([1, 16_000], 16_000));
  const quiet = tone(1000, 3).map((value, index) => (index < 2 * 16_000 ? value / 100 : value));
  const loud = await hear(model, sound(quiet));
  expect(loud.feeds[0]?.shape).toEqual([1, 16_000]);
  const energy = (values: Float32Array): number =>
    values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  const values = (heard: Heard): Float32Array => tensorValues(heard.feeds[0] as NamedTensor);
  expect(energy(values(loud))).toBeGreaterThan(0.35);
  const short = await hear(model, sound(tone(1000, 0.5)));
  expect(energy(values(short).subarray(8000))).toBe(0);
  expect(short.output).toMatchObject({ predictedClass: "0" });
  const looped = await hear(model, sound(tone(1000, 0.5)), { input: { padding: "loop" } });
  expect(energy(values(looped).subarray(8000))).toBeGreaterThan(0.3);
});

test("windows of a fixed length go in together and their answers are averaged", async () => {
  const model = await load("halves.onnx", halvesModel(["batch", 8000], 8000));
  const { feeds, output } = await hear(model, sound(tone(1000, 2)));
  expect(feeds[0]?.shape).toEqual([7, 8000]);
  expect(output).toMatchObject({ kind: "classification" });
});

test("the metadata's sample rate and duration are those of the samples", async () => {
  const { feeds } = await hear(backbone, sound(tone(1000, 3)), {
    input: { sample_rate: 22_050, duration: 2 },
  });
  expect(feeds[0]?.shape).toEqual([44_100]);
});

test("models of mel patches take them as 96 x 64 or 64 x 96, one or many", async () => {
  // The front half of a patch: the earlier windows for [96, 64], the lower bands for [64, 96].
  const early = tone(1000, 0.975, 16_000).map((value, index) => (index < 7800 ? value : 0));
  const many = await load("mel.onnx", halvesModel(["patches", 96, 64], 96 * 64));
  const long = await hear(many, sound(tone(1000, 2, 16_000), 16_000));
  expect(long.feeds[0]?.shape).toEqual([4, 96, 64]);
  const one = await load("mel.onnx", halvesModel([1, 96, 64, 1], 96 * 64));
  const first = await hear(one, sound(early, 16_000));
  expect(first.feeds[0]?.shape).toEqual([1, 96, 64, 1]);
  const across = await load("mel.onnx", halvesModel([1, 1, 64, 96], 96 * 64));
  const low = await hear(across, sound(early, 16_000));
  const turned = tensorValues(low.feeds[0] as NamedTensor);
  const straight = tensorValues(first.feeds[0] as NamedTensor);
  expect(low.feeds[0]?.shape).toEqual([1, 1, 64, 96]);
  expect(turned[3 * 96 + 5]).toBe(straight[5 * 64 + 3]);
  expect(turned[63 * 96 + 95]).toBe(straight[95 * 64 + 63]);
});

test("stages that do not belong together are refused", async () => {
  const other = await load("c.onnx", halvesModel(["n", 7], 7));
  for (const stages of [
    [backbone, backbone],
    [backbone, other],
    [backbone, head, other],
  ]) {
    expect(() => chainStages(stages)).toThrow(expect.objectContaining({ code: "E_MODEL" }));
  }
  expect(chainStages([other])).toBe(other);
});

test("a picture is no sound", async () => {
  const pipeline = await openPipeline({ ...backbone, modelMetadata: {}, config: {} });
  for (const input of [
    { kind: "image", bytes: new Uint8Array(8) },
    { kind: "audio", bytes: Buffer.from("no sound") },
  ] as const) {
    await expect(pipeline.prepare(input)).rejects.toMatchObject({ code: "E_MEDIA" });
  }
});
