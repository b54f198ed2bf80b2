import { expect, test } from "@jest/globals";
import { readdir, rm, writeFile } from "node:fs/promises";
import { publishWeights } from "./publish.ts";
import { syncWeights } from "./sync.ts";
import { all, expectContent, outcomes, publish, sync, weights } from "./testing/small-model.ts";
import { workplace } from "./testing/weights-folder.ts";

test("force fetches again what is proven", async () => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  await sync(place);
  const forced = await sync(place, { force: true });
  expect(outcomes(forced)).toEqual(all("fetched"));
  expect(forced.receivedBytes).toBe(Object.values(weights).join("").length);
  await expectContent(place.app, weights);
});

test("verify only: hashes, changes nothing, and fails with every problem listed", async () => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  await sync(place);
  expect(outcomes(await sync(place, { verifyOnly: true }))).toEqual(all("verified"));
  await rm(`${place.app}/cnn.pt`);
  await rm(`${place.app}/labels.json`);
  await writeFile(`${place.app}/labels.json`, `["bird","plane"]`);
  await expect(sync(place, { verifyOnly: true })).rejects.toMatchObject({
    code: "E_NOT_FOUND",
    problems: [
      { name: "cnn.pt", code: "E_NOT_FOUND" },
      { name: "labels.json", code: "E_DIGEST" },
    ],
  });
  expect(await readdir(place.app)).not.toContain("cnn.pt");
});

test("frozen: the manifest beside the weights must be the one to sync to", async () => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  await expect(sync(place, { frozen: true })).rejects.toMatchObject({ code: "E_PIN" });
  await expect(readdir(place.app)).rejects.toThrow();
  await sync(place);
  expect(outcomes(await sync(place, { frozen: true }))).toEqual(all("unchanged"));
  await place.fill({ "cnn.pt": "better weights" });
  await publish(place, "v1.1.0");
  await expect(sync(place, { frozen: true })).rejects.toMatchObject({
    code: "E_PIN",
    message: expect.stringContaining("v1.1.0"),
  });
  await expectContent(place.app, weights);
});

test("required only leaves the others out", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "b.pt": "b" });
  await publishWeights({
    from: [place.weights],
    to: [place.store],
    release: "v1.0.0",
    model: "cnn",
    optional: ["b.pt"],
    cache: false,
  });
  expect(outcomes(await sync(place, { requiredOnly: true }))).toEqual({
    "a.pt": "fetched",
    "b.pt": "skipped",
  });
  expect(await readdir(place.app)).toEqual(["a.pt", "manifest.json"]);
});

test("a folder with a manifest, a store's folder, the only model, a manifest in a store", async () => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  const from = async (source: string, dir: string) =>
    outcomes(
      await syncWeights({ from: source, dir: place.dir.join(dir), cache: await place.newCache() }),
    );
  expect(await from(place.weights, "1")).toEqual(all("fetched"));
  expect(await from(place.dir.join("store"), "2")).toEqual(all("fetched"));
  expect(await from(`${place.store}/models/cnn/v1.0.0/manifest.json`, "3")).toEqual(all("fetched"));
  await place.fill({ "models/other/v1.0.0/x.pt": "x" }, place.dir.join("store"));
  await expect(from(place.store, "4")).rejects.toMatchObject({
    code: "E_USAGE",
    message: expect.stringContaining("cnn, other"),
  });
  await expect(from(place.dir.join("nothing"), "5")).rejects.toMatchObject({ code: "E_NOT_FOUND" });
});

test("only: entries that it says no to are skipped, the others brought", async () => {
  await using place = await workplace();
  await place.fill({ "cnn.onnx": "served", "checkpoint.json": "{}" });
  await publishWeights({
    from: [place.weights],
    to: [place.store],
    release: "v1.0.0",
    model: "cnn",
    cache: false,
  });
  const { files } = await syncWeights({
    from: place.store,
    model: "cnn",
    dir: place.app,
    cache: place.cache,
    only: (name) => name.endsWith(".onnx"),
  });
  expect(files.map(({ name, outcome }) => [name, outcome])).toEqual([
    ["checkpoint.json", "skipped"],
    ["cnn.onnx", "fetched"],
  ]);
});
