import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import {
  madePicture,
  madeSound,
  pictureClasses,
  tempDir,
  type TempDir,
  wavFile,
} from "@plimsoll/testing";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { trainModel } from "./train-model.ts";
import { writeSample, writeSamples } from "./testing/samples.ts";

// Versions are evaluated in processes of their own, which start slowly on a busy machine.
jest.setTimeout(600_000);

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir.remove());

/** A WAV file of float32 samples that are no numbers. */
function nanWav(): Uint8Array {
  const bytes = new Uint8Array(44 + 4 * 8000);
  bytes.set(wavFile(new Float32Array(0)).subarray(0, 44));
  const view = new DataView(bytes.buffer);
  view.setUint32(4, bytes.length - 8, true);
  view.setUint16(20, 3, true);
  view.setUint32(28, 64_000, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 32, true);
  view.setUint32(40, 4 * 8000, true);
  for (let i = 0; i < 8000; i += 1) view.setFloat32(44 + i * 4, NaN, true);
  return bytes;
}

test("sounds: every fault is reported by name, none stops the others, an update is small", async () => {
  const folder = join(dir.path, "sounds");
  const short = { seconds: 0.6 };
  const good = await writeSamples(folder, ["hiss", "tone", "rumble"], 12, (name, n) =>
    madeSound(name as "hiss", n, short),
  );
  const bad = [
    await writeSample(folder, "cut.wav", "tone", madeSound("tone", 90, short).subarray(0, 30)),
    await writeSample(folder, "picture.wav", "hiss", madePicture("disc", 1)),
    await writeSample(folder, "nan.wav", "tone", nanWav()),
    await writeSample(folder, "lonely.wav", "owl", madeSound("bell", 1, short)),
  ];
  const samples = [...good, ...bad].map((sample) => ({ ...sample, side: "train" as const }));
  const held = new Set(["0", "1", "2"]);
  const run = (more: object) =>
    trainModel({
      model: "sounds",
      task: "audio-classification",
      samples: samples.map((each) => ({
        ...each,
        side: held.has(each.id.split("-")[1] ?? "") ? "test" : "train",
      })),
      copies: 2,
      epochs: 15,
      outDir: join(dir.path, "sounds-1"),
      workDir: join(dir.path, "sounds-1-work"),
      featureCacheDir: join(dir.path, "cache"),
      ...more,
    });
  const first = await run({});
  expect(first.metadata.classes).toEqual(["hiss", "rumble", "tone"]);
  expect(Object.fromEntries(first.problems.map(({ sample, code }) => [sample, code]))).toEqual({
    owl: "E_SAMPLES",
    "cut.wav": "E_INPUT",
    "picture.wav": "E_INPUT",
    "nan.wav": expect.stringMatching(/E_INPUT|E_OUTPUT/),
  });
  expect(first.metrics.samples).toBe(9);
  expect(first.metrics.accuracy).toBeGreaterThan(0.85);

  const second = await run({
    seed: 2,
    outDir: join(dir.path, "sounds-2"),
    workDir: join(dir.path, "sounds-2-work"),
    previous: { ...first.version, version: "v1" },
  });
  const known = new Set(first.files.map(({ sha256 }) => sha256));
  const fresh = second.files.filter(({ sha256 }) => !known.has(sha256));
  expect(fresh.map(({ name }) => name)).toEqual(["model.onnx"]);
  expect(fresh[0]?.size).toBeLessThan(100_000);
  expect(second.files.map(({ name }) => name)).toEqual(first.files.map(({ name }) => name));
});

test("pictures: what is no picture is reported; the built-in features tell patterns apart", async () => {
  const folder = join(dir.path, "pictures");
  const good = await writeSamples(folder, pictureClasses, 24, (name, n) =>
    madePicture(name as "disc", n),
  );
  const bad = await writeSample(folder, "no-picture.jpg", "disc", "<svg>no</svg>");
  const trained = await trainModel({
    model: "patterns",
    task: "image-classification",
    head: "softmax",
    samples: [...good, bad].map((sample, i) => ({
      ...sample,
      side: i % 4 === 0 && sample !== bad ? "test" : "train",
    })),
    copies: 4,
    epochs: 20,
    outDir: join(dir.path, "patterns"),
    workDir: join(dir.path, "patterns-work"),
  });
  expect(trained.problems.map(({ sample, code }) => [sample, code])).toEqual([
    ["no-picture.jpg", "E_INPUT"],
  ]);
  expect(trained.metrics.accuracy).toBeGreaterThan(0.6);
});

test("pictures: the net from scratch goes on after its last epoch, is exported, serves, and its layers stay for a later head", async () => {
  const good = await writeSamples(join(dir.path, "few"), pictureClasses, 8, (name, n) =>
    madePicture(name as "disc", n + 100),
  );
  const run = (name: string, more: object) =>
    trainModel({
      model: "patterns",
      task: "image-classification",
      samples: good,
      epochs: 2,
      copies: 2,
      outDir: join(dir.path, name),
      workDir: join(dir.path, `${name}-work`),
      ...more,
    });
  const stop = new AbortController();
  const cut = run("net", {
    signal: stop.signal,
    onProgress: ({ epoch }: { readonly epoch?: number }) => {
      if (epoch === 1) stop.abort();
    },
  });
  await expect(cut).rejects.toMatchObject({ code: "E_ABORTED" });
  const kept = async (): Promise<readonly string[]> =>
    (await readdir(join(dir.path, "net-work"))).filter((name) => name.startsWith("checkpoint-"));
  expect(await kept()).toEqual(["checkpoint-small.json"]);
  const first = await run("net", {});
  expect(await kept()).toEqual([]);
  expect(first.metadata).toMatchObject({
    training: { head: "convnet" },
    input: { width: 96, height: 96, layout: "NCHW", resize: "stretch" },
  });
  expect(first.metrics.samples).toBe(6);
  expect(first.curves).toHaveLength(2);
  const second = await run("net-head", {
    head: "softmax",
    previous: { ...first.version, version: "v1" },
  });
  expect(second.files[1]?.sha256).toBe(first.files[1]?.sha256);
  expect(second.files[0]?.sha256).not.toBe(first.files[0]?.sha256);
  expect(second.previousMetrics?.accuracy).toBe(first.metrics.accuracy);
});
