import { chmod, open, readFile, stat, utimes } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { publishWeights } from "./publish.ts";
import { repairWeights } from "./repair.ts";
import { syncWeights } from "./sync.ts";
import { noise } from "./testing/noise.ts";
import { workplace } from "./testing/weights-folder.ts";

const MIB = 1_048_576;
const bytes = noise(8 * MIB);

test("D8: a flipped bit that left size and time as they were is found and mended by one chunk", async () => {
  await using at = await workplace();
  await at.fill({ "cnn.onnx": bytes, "labels.json": "[]" });
  const publish = { from: [at.weights], to: [at.store], release: "v1.0.0", model: "cnn" };
  await publishWeights({ ...publish, cache: false });
  const request = { from: at.store, model: "cnn", dir: at.app, cache: at.cache };
  await syncWeights(request);
  const path = `${at.app}/cnn.onnx`;
  const { mtimeMs } = await stat(path);
  await chmod(path, 0o644);
  const file = await open(path, "r+");
  await file.write(Buffer.from([bytes.readUInt8(5 * MIB) ^ 1]), 0, 1, 5 * MIB);
  await file.close();
  await utimes(path, mtimeMs / 1000, mtimeMs / 1000);
  const result = await repairWeights(request);
  expect(result.files.map(({ outcome }) => outcome)).toEqual(["fetched", "verified"]);
  expect(result.receivedBytes).toBeLessThan(2 * MIB);
  expect(result.localBytes).toBeGreaterThan(6 * MIB);
  expect((await readFile(path)).equals(bytes)).toBe(true);
  const again = await repairWeights(request);
  expect(again.files.map(({ outcome }) => outcome)).toEqual(["verified", "verified"]);
  expect(again.receivedBytes).toBe(0);
});
