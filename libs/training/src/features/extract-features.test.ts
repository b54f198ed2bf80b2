import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { model, node, valueInfo } from "@plimsoll/inference";
import { tempDir, type TempDir, wavFile } from "@plimsoll/testing";
import { join } from "node:path";
import { backbone } from "../backbone/backbone.ts";
import { textBackbone } from "../backbone/text-backbone.ts";
import type { Sample } from "../dataset/sample.ts";
import { planFeatures } from "../run/plan-features.ts";
import { writeSample, writeSamples } from "../testing/samples.ts";
import { extractFeatures } from "./extract-features.ts";
import { loadFeatures } from "./load-features.ts";

jest.setTimeout(60_000);

let dir: TempDir;
let texts: Sample[];
beforeAll(async () => {
  dir = await tempDir();
  texts = await writeSamples(
    join(dir.path, "texts"),
    ["a", "b"],
    6,
    (name, n) => `${name} has the words number ${n} and a few more of them`,
  );
});
afterAll(() => dir.remove());

const job = (cache: string) => ({
  samples: texts,
  backbone: textBackbone(64),
  copies: 3,
  seed: 1,
  cacheDir: join(dir.path, cache),
});

test("the first row is the sample itself, the others are changed; the same seed gives the same rows", async () => {
  await extractFeatures(job("one"));
  await extractFeatures(job("two"));
  const load = (cache: string) => loadFeatures({ ...job(cache), classes: ["a", "b"] });
  const one = await load("one");
  expect((await load("two")).values).toEqual(one.values);
  expect([...one.labels.slice(0, 4)]).toEqual([0, 0, 0, 0]);
  const plain = await extractFeatures({ ...job("plain"), copies: 1 });
  expect(plain.ready).toHaveLength(12);
  const rows = await loadFeatures({ ...job("plain"), copies: 1, classes: ["a", "b"] });
  expect(rows.values.slice(0, 64)).toEqual(one.values.slice(0, 64));
  const row = (n: number): string => one.values.slice(n * 64, (n + 1) * 64).join();
  const changed = Array.from({ length: 12 }, (_, n) => row(n * 3 + 1) !== row(n * 3));
  expect(changed.filter(Boolean).length).toBeGreaterThan(6);
});

test("rows are found again by digest; only what is new is computed", async () => {
  const half = { ...job("found"), samples: texts.slice(0, 5) };
  expect(await extractFeatures(half)).toMatchObject({ cached: 0 });
  expect(await extractFeatures(job("found"))).toMatchObject({ cached: 5, problems: [] });
  expect(await extractFeatures({ ...job("found"), seed: 2 })).toMatchObject({ cached: 0 });
  await expect(
    loadFeatures({ ...job("found"), copies: 4, classes: ["a", "b"] }),
  ).rejects.toMatchObject({ code: "E_USAGE" });
});

test("NaN in features: reported by name, not kept, the others go on", async () => {
  // 0 / 0 where the sound is silent.
  const ratio = backbone({
    model: model({
      name: "ratio",
      nodes: [
        node("ReduceSum", ["waveform"], ["sum"], { keepdims: 1 }),
        node("Div", ["sum", "sum"], ["one"]),
        node("Unsqueeze", ["one", "axis"], ["features"]),
      ],
      initializers: [{ name: "axis", dims: [1], dataType: 7, rawData: new Uint8Array(8) }],
      inputs: [valueInfo("waveform", ["samples"])],
      outputs: [valueInfo("features", [1, 1])],
    }),
    input: { kind: "waveform", name: "waveform", sampleRate: 16_000, rank: 1 },
    width: 1,
    source: "test",
  });
  const folder = join(dir.path, "texts");
  const samples = [
    await writeSample(folder, "silent", "a", wavFile(new Float32Array(100))),
    await writeSample(folder, "loud", "b", wavFile(new Float32Array(100).fill(0.5))),
    { ...(texts[0] as Sample), id: "gone", path: join(folder, "gone"), sha256: "0".repeat(64) },
  ];
  const result = await extractFeatures({ ...job("nan"), samples, copies: 1, backbone: ratio });
  expect(result.ready).toEqual(["loud"]);
  expect(result.problems.map(({ sample, code }) => [sample, code])).toEqual([
    ["silent", "E_OUTPUT"],
    ["gone", "E_INPUT"],
  ]);
});

test("a run's features may be extracted in parts by others", async () => {
  const work = await planFeatures({
    model: "m",
    task: "text-classification",
    samples: texts,
    outDir: join(dir.path, "out"),
    workDir: join(dir.path, "plan"),
    copies: 2,
  });
  const all = work?.sides.flatMap(({ samples }) => samples) ?? [];
  expect(work?.sides.map(({ copies }) => copies)).toEqual([2, 1]);
  expect(all.length).toBeGreaterThan(7);
  expect(work?.backbone.input.kind).toBe("text");
});

test("aborted: it ends between two samples", async () => {
  const signal = AbortSignal.abort();
  await expect(extractFeatures({ ...job("aborted"), signal })).rejects.toMatchObject({
    code: "E_ABORTED",
  });
});
