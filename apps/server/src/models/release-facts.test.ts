import { expect, test } from "@jest/globals";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { publishWeights } from "@plimsoll/weights";
import { scaleOnnx, servingBench, type ServingBench } from "./testing/serving-bench.ts";

const card = "# scale\n\nMultiplies.\n";

async function publishWithCard(bench: ServingBench, release: string, text = card): Promise<void> {
  const from = bench.join("with-card", release);
  await mkdir(from, { recursive: true });
  await writeFile(join(from, "scale.onnx"), scaleOnnx(2));
  await writeFile(join(from, "model-card.md"), text);
  await writeFile(
    join(from, "metadata.json"),
    JSON.stringify({ task: "tensor", metrics: { accuracy: 0.9 } }),
  );
  await publishWeights({
    from: ["scale.onnx", "model-card.md", "metadata.json"].map((name) => join(from, name)),
    to: [bench.store],
    release,
    model: "scale",
    channel: "production",
    cache: false,
    env: {},
  });
}

test("before anything is loaded the store says task, digest, metadata, card and what a load costs", async () => {
  await using bench = await servingBench();
  await publishWithCard(bench, "v1.0.0");
  const [summary] = await bench.serving.list();
  expect(summary).toMatchObject({ location: "remote", task: "tensor", serving: [] });
  const details = await bench.serving.details("scale");
  const [version] = details.versions;
  const onnx = version?.files.find(({ name }) => name === "scale.onnx");
  expect(summary?.digest).toBe(onnx?.checksum);
  expect(details.card).toBe(card);
  expect(details.metadata).toMatchObject({ task: "tensor" });
  expect(version?.updateBytes).toBe(version?.files.reduce((sum, { size }) => sum + size, 0));
  expect(await bench.serving.metadata("scale")).toMatchObject({ task: "tensor" });
});

test("once loaded, the card is that of the version that answers, and its update costs nothing", async () => {
  await using bench = await servingBench();
  await publishWithCard(bench, "v1.0.0");
  await bench.ask();
  const { card: shown, model, versions } = await bench.serving.details("scale");
  expect([shown, model.location, versions[0]?.updateBytes]).toEqual([card, "loaded", 0]);
});

test("a card whose bytes are not those of the manifest is not shown", async () => {
  await using bench = await servingBench();
  await publishWithCard(bench, "v1.0.0");
  const stored = bench.join("store", "models", "scale", "v1.0.0", "model-card.md");
  await writeFile(stored, "# scale\n\nDivides.\n");
  expect((await bench.serving.details("scale")).card).toBeNull();
  await rm(stored);
  expect((await bench.serving.details("scale")).card).toBeNull();
  await writeFile(stored, card);
  expect((await bench.serving.details("scale")).card).toBe(card);
});

test("what is seen of a version in the middle of its publishing is not kept", async () => {
  await using bench = await servingBench();
  const folder = bench.join("store", "models", "scale", "v1.0.0");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "scale.onnx"), scaleOnnx(2));
  expect((await bench.serving.list())[0]).toMatchObject({ model: "scale", versions: 1 });
  await rm(folder, { recursive: true });
  await publishWithCard(bench, "v1.0.0");
  expect((await bench.serving.list())[0]?.task).toBe("tensor");
  expect((await bench.serving.details("scale")).card).toBe(card);
});
