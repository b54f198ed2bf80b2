import { mkdir, readdir, writeFile } from "node:fs/promises";
import { expect, jest, test } from "@jest/globals";
import { ones, scaleOnnx, servingBench } from "./testing/serving-bench.ts";

// Each takes a fraction of a second; a machine that does other things as well may need longer.
jest.setTimeout(60_000);

test("nothing is asked or loaded before the first request; then store, later the cache, in one line each", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  expect(bench.lines).toEqual([]);
  expect(bench.models.status()).toEqual([]);
  expect(await bench.ask()).toBe(2);
  expect(bench.lines.filter((line) => line.includes("connected to"))).toHaveLength(1);
  expect(bench.lines).toContainEqual(
    expect.stringMatching(/^scale@v1\.0\.0: will download from file:.*: 2 files, /),
  );
  await bench.serving.unload("scale");
  bench.lines.length = 0;
  expect(await bench.ask()).toBe(2);
  expect(bench.lines).toContain("scale@v1.0.0: cached");
});

test("however many ask first, the model is brought and loaded once", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  const answers = await Promise.all(Array.from({ length: 20 }, () => bench.ask()));
  expect(new Set(answers)).toEqual(new Set([2]));
  expect(bench.lines.filter((line) => line.includes("will download"))).toHaveLength(1);
  expect(bench.serving.recentEvents().filter(({ type }) => type === "loaded")).toHaveLength(1);
});

test("a local folder comes before the store; force_download goes past it", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  await mkdir(bench.join("local"));
  await writeFile(bench.join("local", "scale.onnx"), scaleOnnx(7));
  expect(await bench.ask()).toBe(7);
  expect(bench.lines).toContainEqual(expect.stringMatching(/^scale@local: local, /));
  const answer = await bench.serving.reload({ model_type: "scale", force_download: true });
  expect(answer).toMatchObject({ success: true, version: "v1.0.0" });
  expect(await bench.ask()).toBe(2);
});

test("a store that is down: what served last is served, and reported as stale", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  expect(await bench.ask()).toBe(2);
  const down = Object.assign(new Error("connect ECONNREFUSED"), { code: "E_NETWORK" });
  const other = await bench.open({ openStore: () => Promise.reject(down) });
  const answer = await other.serving.predict({ model: "scale", input: ones });
  expect(answer.version).toBe("v1.0.0");
  expect(await other.serving.list()).toMatchObject([{ model: "scale", stale: true }]);
});

test("a store that is down and a disk that is empty: an error, and the next request asks again", async () => {
  let isDown = true;
  const { openStore } = await import("@plimsoll/storage");
  await using bench = await servingBench({
    configured: { scale: {} },
    openStore: (url) =>
      isDown
        ? Promise.reject(Object.assign(new Error("no route"), { code: "E_NETWORK" }))
        : openStore(url),
    random: () => 0,
    now: () => performance.now() * 100,
  });
  await bench.publish("v1.0.0", 2);
  await expect(bench.ask()).rejects.toMatchObject({ code: "E_NETWORK" });
  isDown = false;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await bench.ask()).toBe(2);
});

test("a version of .pt files alone is refused with the way out, before anything is fetched", async () => {
  await using bench = await servingBench();
  await mkdir(bench.join("store", "models", "yolov8m", "latest"), { recursive: true });
  await writeFile(bench.join("store", "models", "yolov8m", "latest", "yolov8m.pt"), "PK..");
  const asking = bench.serving.predict({ model: "yolov8m", input: ones });
  await expect(asking).rejects.toMatchObject({
    code: "E_MODEL",
    message: expect.stringMatching(/yolov8m\.pt .*never served: export it to ONNX/),
  });
  expect(bench.lines.join("\n")).not.toMatch(/will download/);
});

test("a name that is no model is looked up, never joined to a path", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  for (const name of ["../scale", "scale/../scale", "%2e%2e", "__proto__", "constructor", "no"]) {
    await expect(bench.serving.predict({ model: name, input: ones })).rejects.toMatchObject({
      code: "E_NOT_FOUND",
    });
  }
});

test("external data lies beside its model, old versions' folders go, and the cache keeps what is loaded", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  await bench.publish("v1.1.0", 3);
  await bench.ask();
  await bench.serving.reload({ model_type: "scale", version: "v1.0.0" });
  await bench.serving.reload({ model_type: "scale", version: "v1.1.0" });
  await bench.publish("v1.2.0", 4);
  await bench.serving.reload({ model_type: "scale", version: "v1.2.0" });
  const state = bench.join("state", "cache", "serving");
  const [store = ""] = await readdir(state);
  const placed = await readdir(`${state}/${store}/versions/scale`);
  expect(placed.sort()).toEqual(["v1.1.0", "v1.2.0"]);
  const cleared = await bench.serving.clearCache();
  expect(cleared.kept_files).toBeGreaterThanOrEqual(1);
  expect(await bench.ask()).toBe(4);
});
