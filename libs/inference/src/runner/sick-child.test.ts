import { expect, test } from "@jest/globals";
import { writeFile } from "node:fs/promises";
import { tempDir } from "@plimsoll/testing";
import { childProgram } from "../fixtures/child-program.ts";
import { numbersOf, pair, scaleModel, writeVersion } from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import { encodeModel } from "../onnx/codec.ts";
import { inferenceDefaults } from "../settings.ts";
import { ended } from "./ended.ts";
import { ModelProcess } from "./model-process.ts";

/** A child that dies of a signal when it is to load the version `sick`, and is a right one else. */
async function sickProgram(dir: string, signal: string): Promise<string> {
  const path = `${dir}/sick-child.mjs`;
  const program = `
    process.once("message", async (request) => {
      if (request.files?.version === "sick") process.kill(process.pid, ${JSON.stringify(signal)});
      else {
        await import(${JSON.stringify(childProgram())});
        process.emit("message", request);
      }
    });`;
  await writeFile(path, program);
  return path;
}

test.each([
  ["SIGSEGV", "E_MODEL", true],
  ["SIGABRT", "E_MODEL", true],
  ["SIGKILL", "E_MEMORY", false],
])(
  "O6: a candidate whose process dies of %s is refused as %s, and the old version serves",
  async (signal, code, remembered) => {
    await using dir = await tempDir();
    const entry = await sickProgram(dir.path, signal);
    await withModels({ process: { entry } }, async (models, events) => {
      await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
      const sick = await writeVersion(dir.path, "sick", scaleModel(3));
      for (let round = 0; round < 2; round += 1) {
        await expect(models.swap(sick)).rejects.toMatchObject({ code });
      }
      const loads = events.filter(({ type, version }) => type === "loading" && version === "sick");
      expect(loads).toHaveLength(remembered ? 1 : 2);
      expect(numbersOf((await models.predict("scale", pair(1, 2))).output)).toEqual([2, 4]);
      expect(models.status()[0]).toMatchObject({ serving: "v1", generation: 1 });
    });
  },
  60_000,
);

test("a child that cannot be started at all is an error of the model, not of the server", async () => {
  await using dir = await tempDir();
  await withModels({ process: { entry: dir.join("missing.mjs") } }, async (models) => {
    const swapping = models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    await expect(swapping).rejects.toMatchObject({
      code: "E_MODEL",
      message: expect.stringContaining("Cannot find module"),
    });
  });
}, 180_000);

/** Changes that a nightly run makes thousands of: FUZZ_ROUNDS. */
const rounds = Number(process.env["FUZZ_ROUNDS"] ?? 60);

test("O8: models with changed bytes load or are refused, and never take the process down", async () => {
  await using dir = await tempDir();
  const original = encodeModel(scaleModel(2, { labels: '["a","b"]' }));
  let state = 42;
  const random = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const child = new ModelProcess({ ...inferenceDefaults.process, entry: childProgram() });
  try {
    const { session, batching } = inferenceDefaults;
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      const bytes = original.slice();
      for (let change = 0; change <= random(4); change += 1) {
        bytes[random(bytes.length)] = random(256);
      }
      const files = await writeVersion(dir.path, "mutant", bytes);
      const loading = child.load({ type: "load", files, config: {}, session, batching }, 20_000);
      const error: unknown = await loading.then(
        () => undefined,
        (cause: unknown) => cause,
      );
      if (error === undefined) continue;
      refused += 1;
      expect(error).toMatchObject({ code: "E_MODEL" });
    }
    expect(child.alive).toBe(true);
    expect(refused).toBeGreaterThan(rounds / 10);
  } finally {
    await child.kill(ended());
  }
}, 600_000);
