import { mkdir, writeFile } from "node:fs/promises";
import { expect, jest, test } from "@jest/globals";
import { generateKeys, readSigningKey } from "@plimsoll/manifest";
import { publishWeights } from "@plimsoll/weights";
import { readServerConfig } from "./server-config.ts";
import { ones, scaleOnnx, servingBench, until } from "./testing/serving-bench.ts";

// Each takes a fraction of a second; a machine that does other things as well may need longer.
jest.setTimeout(60_000);

test("one object by its key is served, and a new object under the key is a new version", async () => {
  await using bench = await servingBench({ objectKey: "models/best_model.onnx" });
  await mkdir(bench.join("store", "models"), { recursive: true });
  const path = bench.join("store", "models", "best_model.onnx");
  await writeFile(path, scaleOnnx(2));
  bench.serving.start();
  const first = await bench.serving.predict({ input: ones });
  expect(first).toMatchObject({ model: "best_model", version: expect.stringMatching(/^object-/) });
  expect(bench.lines.join("\n")).toMatch(/will download models\/best_model\.onnx/);
  await writeFile(path, scaleOnnx(34));
  await until(async () => (await bench.ask("best_model")) === 34);
});

test("a configured manifest is synced in the background, with progress, and its model served", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  const from = bench.join("publish", "scale", "v1.0.0");
  const app = bench.join("app");
  await mkdir(app);
  await publishWeights({
    from: [from],
    to: [bench.store],
    release: "v1.0.0",
    model: "scale",
    manifestPath: `${app}/manifest.json`,
    cache: false,
    env: {},
  });
  const { serving } = await bench.open({ state: "other", manifest: `${app}/manifest.json` });
  expect(serving.started()).toBe(false);
  serving.start();
  const { version } = await serving.predict({ model: "scale", input: ones });
  expect(version).toBe("v1.0.0");
  await until(() => serving.started());
  expect(serving.sync()).toMatchObject({ state: "done" });
  expect(serving.sync().files).toContainEqual(
    expect.objectContaining({ name: "scale.onnx", state: "verified" }),
  );
  expect(bench.lines).toContainEqual(expect.stringMatching(/^scale@v1\.0\.0: local, .*app/));
});

test("with keys only signed versions are served, from the cache too", async () => {
  const { publicKey, privateKey } = generateKeys();
  const keys = [{ id: "k", publicKey }];
  await using bench = await servingBench({ keys });
  await bench.publish("v1.0.0", 2);
  await expect(bench.ask()).rejects.toMatchObject({ code: "E_SIG" });
  await publishWeights({
    from: [bench.join("publish", "scale", "v1.0.0")],
    to: [bench.store],
    release: "v2.0.0",
    model: "scale",
    cache: false,
    env: {},
    signingKeys: [readSigningKey(privateKey)],
  });
  await bench.serving.reload({ model_type: "scale", version: "v2.0.0" });
  expect(await bench.ask()).toBe(2);
  const down = Object.assign(new Error("down"), { code: "E_NETWORK" });
  const openStore = (): Promise<never> => Promise.reject(down);
  const { serving } = await bench.open({ openStore });
  expect((await serving.predict({ model: "scale", input: ones })).version).toBe("v2.0.0");
});

test("the config: models with a source of their own, aliases and types find their model", async () => {
  await using bench = await servingBench();
  const folder = bench.join("mine");
  await mkdir(folder);
  await writeFile(`${folder}/any.onnx`, scaleOnnx(9));
  await writeFile(`${folder}/metadata.json`, JSON.stringify({ task: "object-detection" }));
  const path = bench.join("plimsoll.config.json");
  const document = {
    stores: { main: "./store" },
    serve: {
      models: { yolov8m: { source: "./mine", pin: true } },
      aliases: { detector: "yolov8m" },
      memoryBudget: "512MB",
    },
  };
  await writeFile(path, JSON.stringify(document));
  const { memoryBudgetBytes, ...config } = await readServerConfig(bench.dir, {});
  expect(memoryBudgetBytes).toBe(512 * 1024 * 1024);
  expect(config.store).toBe(bench.join("store"));
  const { serving } = await bench.open({ ...config, state: "other" });
  for (const model of ["yolov8m", "detector"]) {
    expect((await serving.predict({ model, input: ones })).model).toBe("yolov8m");
  }
  expect(await serving.reload({ model_type: "visual_detector" })).toMatchObject({
    success: true,
    models: [{ model: "yolov8m" }],
  });
  expect((await serving.list())[0]).toMatchObject({ pinned: true, task: "object-detection" });
});

test.each([
  [{ serve: { modles: {} } }, "serve.modles"],
  [{ serve: { models: { "../x": {} } } }, "serve.models.../x"],
  [{ serve: { models: { a: { chanel: "x" } } } }, "serve.models.a.chanel"],
  [{ serve: { adminPort: 70_000 } }, "serve.adminPort"],
  [{ serve: { memoryBudget: "lots" } }, "serve.memoryBudget"],
  [{ headers: { "https://h": { a: "$PLIMSOLL_NO_SUCH" } } }, "headers.https://h.a"],
])("a config that cannot be used names its key: %j", async (document, key) => {
  await using bench = await servingBench();
  await writeFile(bench.join("plimsoll.config.json"), JSON.stringify(document));
  await expect(readServerConfig(bench.dir, {})).rejects.toMatchObject({
    code: "E_USAGE",
    message: expect.stringContaining(`plimsoll.config.json: ${key}: `),
  });
});
