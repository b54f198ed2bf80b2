import { mkdir, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { servingBench } from "./testing/serving-bench.ts";

test("a taxonomy of keywords needs no weights: a model of a config.json alone answers texts", async () => {
  await using bench = await servingBench({ configured: { topics: {} } });
  const folder = bench.join("store", "models", "topics");
  await mkdir(folder, { recursive: true });
  const write = (categories: object): Promise<void> =>
    writeFile(`${folder}/config.json`, JSON.stringify({ categories }));
  await write({ fire: ["smoke", "flames"], flood: ["water level"] });
  const ask = async (text: string): Promise<unknown> => {
    const { output, version } = await bench.serving.predict({
      model: "topics",
      input: { kind: "text", text },
    });
    return [version, output.kind === "classification" ? output.predictedClass : output.kind];
  };
  expect(await ask("Smoke over the harbour")).toEqual(["config", "fire"]);
  await write({ fire: ["smoke"], flood: ["water level"], theft: ["stolen"] });
  expect(await ask("a bicycle was stolen")).toEqual(["config", "theft"]);
  await expect(
    bench.serving.predict({
      model: "topics",
      input: { kind: "image", bytes: new Uint8Array([1]) },
    }),
  ).rejects.toMatchObject({ code: "E_NOT_FOUND" });
});
