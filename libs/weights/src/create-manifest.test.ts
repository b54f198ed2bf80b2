import { expect, test } from "@jest/globals";
import { rm } from "node:fs/promises";
import { sha256 } from "@plimsoll/manifest";
import { createManifest } from "./create-manifest.ts";
import { workplace } from "./testing/weights-folder.ts";
import { writeChecksums } from "./write-checksums.ts";

const at = (time: string) => () => new Date(time);

test("files of a folder with size, digest and format, without URLs until there are some", async () => {
  await using place = await workplace();
  await place.fill({ "a.npz": "a", "deep/labels.json": `["x"]` });
  const { manifest, files, folder } = await createManifest({ from: [place.weights] });
  expect(folder).toBe(place.weights);
  expect(files.map(({ name }) => name)).toEqual(["a.npz", "deep/labels.json"]);
  expect(manifest.manifest.weights.get("deep/labels.json")).toEqual({
    size_mb: 0,
    checksum: sha256(Buffer.from(`["x"]`)),
    algorithm: "sha256",
    required: true,
    size: 5,
    format: "json",
  });
  expect(writeChecksums(manifest.manifest)).toBe(
    `${sha256(Buffer.from("a"))} *a.npz\n${sha256(Buffer.from(`["x"]`))} *deep/labels.json\n`,
  );
});

test("base URL, release, model, metadata of the folder, optional files", async () => {
  await using place = await workplace();
  await place.fill({
    "cnn.pt": "weights",
    "extra.npz": "x",
    "model_metadata.json": JSON.stringify({
      model_name: "SAIT",
      test_accuracy: 91.5,
      sample_rate: 16000,
      training_date: "2025-10-07",
    }),
    "class_names.json": JSON.stringify(["gun_shot", "chainsaw"]),
  });
  const { manifest } = await createManifest({
    from: [place.weights],
    baseUrl: "https://h.example/w",
    release: "v1.0.0",
    model: "sait",
    optional: ["extra.*"],
    now: at("2026-11-21T10:00:00Z"),
  });
  expect(manifest.manifest).toMatchObject({ release: "v1.0.0", model: "sait" });
  expect(manifest.manifest.metadata).toMatchObject({
    version: "v1.0.0",
    uploaded_at: "2026-11-21T10:00:00Z",
    sha256: sha256(Buffer.from("weights")),
    accuracy: 0.915,
    task: "audio-classification",
    classes: ["gun_shot", "chainsaw"],
    input: { sample_rate: 16000 },
  });
  expect(manifest.manifest.weights.get("extra.npz")).toMatchObject({
    required: false,
    url: "https://h.example/w/extra.npz",
  });
});

test("brought up to date, it keeps the URLs of what did not change", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "b.pt": "b" });
  const first = await createManifest({
    from: [place.weights],
    baseUrl: "https://h.example/w",
    optional: ["b.pt"],
    description: "two",
    now: at("2026-01-01T00:00:00Z"),
  });
  const same = await createManifest({ from: [place.weights], existing: first.manifest });
  expect(same.manifest.digest).toBe(first.manifest.digest);
  await place.fill({ "a.pt": "A", "c.pt": "c" });
  const changed = await createManifest({ from: [place.weights], existing: first.manifest });
  const { weights, description } = changed.manifest.manifest;
  expect(description).toBe("two");
  expect(weights.get("a.pt")?.url).toBeUndefined();
  expect(weights.get("b.pt")).toMatchObject({ url: "https://h.example/w/b.pt", required: false });
  expect(weights.get("c.pt")).toMatchObject({ required: true });
  await rm(`${place.weights}/b.pt`);
  const fewer = await createManifest({ from: [place.weights], existing: changed.manifest });
  expect([...fewer.manifest.manifest.weights.keys()]).toEqual(["a.pt", "c.pt"]);
});
