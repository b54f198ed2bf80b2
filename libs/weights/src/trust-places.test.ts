import { expect, test } from "@jest/globals";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { Driver } from "@plimsoll/storage";
import { publishWeights } from "./publish.ts";
import { syncWeights } from "./sync.ts";
import { openTestStore } from "./testing/open-store.ts";
import { file, key, now, publish, replace, sync } from "./testing/signed-store.ts";
import { workplace } from "./testing/weights-folder.ts";

test("S10: mirrors that disagree: the signed digest decides", async () => {
  await using place = await workplace();
  const second = place.newStore("second");
  await publish(place, "v1.0.0", "one", { to: [place.store, second] });
  const signatures = ["store", "second"].map((store) =>
    place.dir.join(`${store}/models/m/v1.0.0/model.sig`),
  );
  const [a, b] = await Promise.all(signatures.map(async (path) => await readFile(path)));
  expect(a).toEqual(b);
  await replace(file(place, "a.onnx"), "eno");
  expect((await sync(place)).files).toMatchObject([{ outcome: "fetched" }]);
  expect(await readFile(`${place.app}/a.onnx`, "utf8")).toBe("one");
});

test("D10: lost or damaged memory of a channel is told, and begins anew", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one");
  const trustDir = place.dir.join("trust");
  await sync(place, { trustDir });
  expect((await sync(place, { trustDir })).warnings).toEqual([]);
  const [folder = ""] = await readdir(trustDir);
  const record = `${trustDir}/${folder}/1.json`;
  for (const spoil of [async () => await rm(record), async () => await writeFile(record, "{")]) {
    await spoil();
    expect((await sync(place, { trustDir })).warnings.join()).toMatch(/memory .* is damaged/);
    expect((await sync(place, { trustDir })).warnings).toEqual([]);
  }
});

test("S1: publishers of the same bytes at once, each signing, leave one manifest with a signature that fits", async () => {
  await using place = await workplace();
  await place.fill({ "a.onnx": "one" });
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, async (_, index) => {
      await publishWeights({
        from: [place.weights],
        to: [place.store],
        release: "v1.0.0",
        model: "m",
        channel: "production",
        cache: false,
        manifestPath: false,
        signingKeys: [key],
        now: () => new Date(now().getTime() + index * 1000),
      });
    }),
  );
  expect(results.map(({ status }) => status)).toEqual(Array(6).fill("fulfilled"));
  expect((await sync(place)).files).toHaveLength(1);
});

test("T15: files of a Hugging Face branch that nothing pins are E_PIN; those of a commit are not", async () => {
  await using place = await workplace();
  await place.fill({ "a.onnx": "one" }, place.dir.join("store/models/m/latest"));
  const get = async (query: string): Promise<unknown> =>
    await syncWeights({
      from: "hf://owner/repo",
      model: "m",
      dir: place.app,
      cache: place.cache,
      openStore: async () => {
        const driver = await openTestStore(place.store);
        const methods = { ...driver, list: driver.list.bind(driver), close: () => driver.close() };
        return Object.assign(Object.create(driver), methods, {
          kind: "huggingface",
          url: `hf://owner/repo${query}`,
        }) as Driver;
      },
    });
  await expect(get("")).rejects.toMatchObject({ code: "E_PIN" });
  await expect(get("?revision=main")).rejects.toMatchObject({ code: "E_PIN" });
  await get(`?revision=${"a".repeat(40)}`);
});
