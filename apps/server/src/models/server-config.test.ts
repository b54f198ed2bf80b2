import { mkdir, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { fakeSigstore, tempDir } from "@plimsoll/testing";
import { ones, scaleOnnx, servingBench } from "./testing/serving-bench.ts";
import { readServerConfig } from "./server-config.ts";

const attestation = {
  repository: "owner/repo",
  workflow: ".github/workflows/release-weights.yml",
  ref: "refs/tags/weights-v*",
};

test("attestations of the config are demanded of every version: one without is not served (T14)", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("root.jsonl"), fakeSigstore().trustedRoot);
  const document = { attestation: { ...attestation, trustedRoot: "root.jsonl" } };
  await writeFile(dir.join("plimsoll.config.json"), JSON.stringify(document));
  const config = await readServerConfig(dir.path, {});
  expect(config.attestation?.policy).toEqual(attestation);

  await using bench = await servingBench({
    ...(config.attestation && { attestation: config.attestation }),
  });
  await bench.publish("v1.0.0", 2);
  await expect(bench.serving.predict({ model: "scale", input: ones })).rejects.toMatchObject({
    code: "E_SIG",
    message: expect.stringMatching(/no attestation\.jsonl/),
  });
});

test.each([
  [{ attestation: { ...attestation } }, /attestation: needs .*trustedRoot/],
  [{ attestation: { ...attestation, trustedRoot: "none" } }, /attestation\.trustedRoot: no such/],
  [{ serve: { modles: {} } }, /serve\.modles: no such key/],
  [{ serve: { memoryBudget: "much" } }, /serve\.memoryBudget: not an amount/],
])("a config that cannot be used names the key: %j", async (document, message) => {
  await using dir = await tempDir();
  await writeFile(dir.join("plimsoll.config.json"), JSON.stringify(document));
  await expect(readServerConfig(dir.path, {})).rejects.toThrow(message);
});

test("force_download of a model that only a local folder has reads the folder again", async () => {
  await using bench = await servingBench();
  await mkdir(bench.join("local"));
  await writeFile(bench.join("local", "scale.onnx"), scaleOnnx(7));
  const answer = await bench.serving.reload({ model_type: "all", force_download: true });
  expect(answer).toMatchObject({ success: true, models: [{ model: "scale", version: "local" }] });
  expect(await bench.ask()).toBe(7);
});
