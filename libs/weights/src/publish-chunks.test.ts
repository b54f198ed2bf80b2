import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { decodeChunkIndex } from "@plimsoll/manifest";
import { publishWeights } from "./publish.ts";
import { noise } from "./testing/noise.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

const publish = async (place: Workplace, options: { readonly chunks?: boolean } = {}) =>
  await publishWeights({
    from: [place.weights],
    to: [place.store, place.newStore("second")],
    release: "v1.0.0",
    model: "cnn",
    cache: place.cache,
    ...options,
  });

test("a large file gets a chunk index beside it, named in the manifest with its digest", async () => {
  await using place = await workplace();
  const bytes = noise(3_000_000);
  await place.fill({ "cnn.bin.onnx": bytes, "small.json": "[]" });
  const { manifest } = await publish(place);
  const entry = manifest.manifest.weights.get("cnn.bin.onnx");
  const stored = await readFile(fileURLToPath(entry?.chunks?.url ?? ""));
  expect(entry?.chunks).toMatchObject({
    size: stored.length,
    checksum: createHash("sha256").update(stored).digest("hex"),
  });
  const index = decodeChunkIndex(stored, "cnn.bin.onnx");
  expect(index).toMatchObject({ size: bytes.length, sha256: entry?.checksum });
  for (const { offset, length, sha256 } of index.chunks) {
    const part = bytes.subarray(offset, offset + length);
    expect(createHash("sha256").update(part).digest("hex")).toBe(sha256);
  }
  expect(manifest.manifest.weights.get("small.json")?.chunks).toBeUndefined();
  await readFile(`${place.dir.path}/second/models/cnn/v1.0.0/cnn.bin.onnx.chunks`);
});

test("a second publish of the same files is already published, with what the cache kept", async () => {
  await using place = await workplace();
  await place.fill({ "cnn.onnx": noise(2_000_000) });
  const first = await publish(place);
  const again = await publish(place);
  expect(again.stores.map(({ outcome }) => outcome)).toEqual([
    "already-published",
    "already-published",
  ]);
  expect(again.manifest.digest).toBe(first.manifest.digest);
});

test("without chunks there is no index", async () => {
  await using place = await workplace();
  await place.fill({ "cnn.onnx": noise(2_000_000) });
  const { manifest } = await publish(place, { chunks: false });
  expect(manifest.manifest.weights.get("cnn.onnx")?.chunks).toBeUndefined();
});
