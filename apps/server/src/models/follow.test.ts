import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { expect, jest, test } from "@jest/globals";
import { fakeModels } from "./testing/fake-models.ts";
import { ones, scaleOnnx, servingBench, until } from "./testing/serving-bench.ts";

// Each takes a fraction of a second; a machine that does other things as well may need longer.
jest.setTimeout(60_000);

test("a channel that moves is followed; production comes before latest", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2, { channel: "latest" });
  bench.serving.start();
  expect(await bench.ask()).toBe(2);
  await bench.publish("v1.1.0", 3, { channel: "latest" });
  await until(async () => (await bench.ask()) === 3);
  await bench.serving.promote("scale", { version: "v1.0.0", channel: "production" });
  await until(async () => (await bench.ask()) === 2);
  await bench.publish("v1.2.0", 4, { channel: "latest" });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await bench.ask()).toBe(2);
});

test("a model that nobody asked for is not loaded because its channel moves", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  bench.serving.start();
  await bench.publish("v1.1.0", 3, { channel: "production" });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(bench.models.status()).toEqual([]);
});

test("reload to a version writes desired.json; a later move of the channel is the newer order", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2, { channel: "latest" });
  await bench.publish("v1.1.0", 3, { channel: "latest" });
  expect(await bench.ask()).toBe(3);
  const back = await bench.serving.reload({ model_type: "scale", version: "v1.0.0" });
  expect(back).toMatchObject({
    success: true,
    version: "v1.0.0",
    scope: "all",
    models: [{ previous: "v1.1.0", outcome: "swapped", generation: 1 }],
  });
  const path = bench.join("store", "models", "scale", "desired.json");
  expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({
    generation: 1,
    version: "v1.0.0",
    sequence: 2,
  });
  bench.serving.start();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await bench.ask()).toBe(2);
  await bench.publish("v1.2.0", 4, { channel: "latest" });
  await until(async () => (await bench.ask()) === 4);
});

test("V13: a broken version is never ordered of others, leaves the old one serving, and says why", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  expect(await bench.ask()).toBe(2);
  await bench.publish("v1.1.0", Buffer.from("no model at all"));
  await expect(bench.serving.reload({ model_type: "scale" })).rejects.toMatchObject({
    code: "E_MODEL",
  });
  await bench.publish("v1.2.0", scaleOnnx(5, 3));
  await expect(
    bench.serving.reload({ model_type: "scale", version: "v1.2.0" }),
  ).rejects.toMatchObject({ code: "E_SIGNATURE" });
  expect(await bench.ask()).toBe(2);
  await expect(readFile(bench.join("store/models/scale/desired.json"))).rejects.toThrow("ENOENT");
  const [model] = await bench.serving.list();
  expect(model?.failure).toMatchObject({ version: "v1.2.0", code: "E_SIGNATURE" });
});

test("a restart with a broken newest version serves the last good one, and an empty disk the one before", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  expect(await bench.ask()).toBe(2);
  await bench.publish("v1.1.0", Buffer.from("no model at all"));
  for (const state of ["state", "fresh"]) {
    const { serving } = await bench.open({ state });
    const { version } = await serving.predict({ model: "scale", input: ones });
    expect([state, version]).toEqual([state, "v1.0.0"]);
    expect((await serving.list())[0]?.failure).toMatchObject({ version: "v1.1.0" });
  }
});

test("V12: 50 reloads at once are one load and one generation, with 50 answers", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  await bench.ask();
  await bench.publish("v1.1.0", 3);
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => bench.serving.reload({ model_type: "scale" })),
  );
  expect(answers.every(({ success, version }) => success && version === "v1.1.0")).toBe(true);
  expect(new Set(answers.map(({ models }) => models[0]?.generation))).toEqual(new Set([1]));
  expect(bench.serving.recentEvents().filter(({ type }) => type === "swapped")).toHaveLength(1);
});

test("a newer reload wins over one that is under way", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  await bench.publish("v1.1.0", 3);
  await bench.ask();
  const older = bench.serving.reload({ model_type: "scale", version: "v1.0.0" });
  const newer = bench.serving.reload({ model_type: "scale", version: "v1.1.0" });
  await expect(older).rejects.toMatchObject({ code: "E_SUPERSEDED" });
  expect(await newer).toMatchObject({ version: "v1.1.0" });
  expect(await bench.ask()).toBe(3);
});

test("a withdrawn version is refused, and one that a channel revokes is passed over", async () => {
  const { openStore } = await import("@plimsoll/storage");
  const { yankRelease } = await import("@plimsoll/weights");
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  await bench.publish("v1.1.0", 3);
  const store = await openStore(bench.store, { env: {} });
  await yankRelease({ store, model: "scale", release: "v1.1.0", reason: "bad labels" });
  await expect(
    bench.serving.reload({ model_type: "scale", version: "v1.1.0" }),
  ).rejects.toMatchObject({ code: "E_YANKED" });
  expect((await bench.serving.versions("scale")).versions).toEqual(["v1.0.0"]);
});

test("a store that takes no writes: the reload holds for this server, and says so", async () => {
  const { openStore, StorageError } = await import("@plimsoll/storage");
  await using bench = await servingBench({
    openStore: async (url) => {
      const driver = await openStore(url, { env: {} });
      const refuse = (): Promise<never> => Promise.reject(new StorageError("E_AUTH", "read-only"));
      return { ...bound(driver), write: refuse, swap: refuse };
    },
  });
  await bench.publish("v1.0.0", 2);
  await bench.publish("v1.1.0", 3);
  const answer = await bench.serving.reload({ model_type: "scale", version: "v1.0.0" });
  expect(answer).toMatchObject({ success: true, scope: "local" });
  expect(answer.message).toMatch(/this server alone/);
  bench.serving.start();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await bench.ask()).toBe(2);
});

test("hand-filled folders are served with a warning, and latest is told apart by its bytes", async () => {
  await using bench = await servingBench();
  const folder = bench.join("store", "models", "yolo", "latest");
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/yolo.onnx`, scaleOnnx(2));
  expect(await bench.ask("yolo")).toBe(2);
  expect(bench.lines.join("\n")).toMatch(/nothing proves their bytes/);
  await rm(`${folder}/yolo.onnx`);
  await writeFile(`${folder}/yolo.onnx`, scaleOnnx(3));
  const answer = await bench.serving.reload({ model_type: "yolo", force_download: true });
  expect(answer).toMatchObject({ version: "latest", models: [{ outcome: "swapped" }] });
  expect(await bench.ask("yolo")).toBe(3);
});

test("models that go back by themselves: it is told, remembered over a restart, and not undone by the next look", async () => {
  const models = fakeModels();
  await using bench = await servingBench({ models });
  await bench.publish("v1.0.0", 2, { channel: "latest" });
  bench.serving.start();
  await bench.ask();
  await bench.publish("v1.1.0", 3, { channel: "latest" });
  await until(async () => (await bench.ask()) === 3);
  models.takeBack("scale");
  await until(async () => {
    const serving = bench.join("state/cache/serving");
    const [store = ""] = await readdir(serving);
    const path = `${serving}/${store}/last-good/scale.json`;
    return (await readFile(path, "utf8")).includes("v1.0.0");
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await bench.ask()).toBe(2);
  const [model] = await bench.serving.list();
  expect(model).toMatchObject({ failure: { version: "v1.1.0", code: "E_OUTPUT" } });
  await bench.publish("v1.2.0", 4, { channel: "latest" });
  await until(async () => (await bench.ask()) === 4);
});

/** A driver's methods may live on its prototype. */
function bound<Value extends object>(value: Value): Value {
  return new Proxy({} as Value, {
    get: (_target, key) => {
      const member = Reflect.get(value, key) as unknown;
      return typeof member === "function" ? (member.bind(value) as unknown) : member;
    },
    ownKeys: () => Reflect.ownKeys(value),
    getOwnPropertyDescriptor: (_target, key) => ({
      configurable: true,
      enumerable: true,
      value: Reflect.get(value, key) as unknown,
    }),
  });
}
