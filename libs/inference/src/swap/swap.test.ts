import { expect, test } from "@jest/globals";
import { setTimeout } from "node:timers/promises";
import { tempDir } from "@plimsoll/testing";
import {
  floats,
  int64s,
  loopModel,
  numbersOf,
  pair,
  scaleModel,
  writeVersion,
} from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import { model } from "../onnx/model.ts";
import { node } from "../onnx/node.ts";
import { valueInfo } from "../onnx/value-info.ts";

const answerOf = async (
  models: Parameters<Parameters<typeof withModels>[1]>[0],
): Promise<readonly [string, number[]]> => {
  const { version, output } = await models.predict("scale", pair(1, 2));
  return [version, numbersOf(output)];
};

test("V12: fifty equal swaps at once are one load, with fifty equal answers", async () => {
  await using dir = await tempDir();
  await withModels({}, async (models, events) => {
    const files = await writeVersion(dir.path, "v1", scaleModel(2));
    const results = await Promise.all(Array.from({ length: 50 }, () => models.swap(files)));
    expect(new Set(results.map(({ generation }) => generation))).toEqual(new Set([1]));
    expect(events.filter(({ type }) => type === "loading")).toHaveLength(1);
    expect(await models.swap(files)).toMatchObject({ outcome: "unchanged", generation: 1 });
  });
}, 180_000);

test("V12: the newest of several different swaps wins, the others are told", async () => {
  await using dir = await tempDir();
  await withModels({}, async (models) => {
    const files = [];
    for (const factor of [2, 3, 4, 5]) {
      files.push(await writeVersion(dir.path, `v${factor}`, scaleModel(factor)));
    }
    const results = await Promise.allSettled(files.map((each) => models.swap(each)));
    expect(results.slice(0, -1)).toEqual(
      Array.from({ length: 3 }, () => ({
        status: "rejected",
        reason: expect.objectContaining({ code: "E_SUPERSEDED" }),
      })),
    );
    expect(results.at(-1)).toMatchObject({ status: "fulfilled", value: { version: "v5" } });
    expect(await answerOf(models)).toEqual(["v5", [5, 10]]);
    expect(models.status()[0]?.versions.map(({ version }) => version)).toEqual(["v5"]);
  });
}, 180_000);

test("V13: swaps under load lose no prediction, and each answer is of exactly one version", async () => {
  await using dir = await tempDir();
  await withModels({ maxQueue: 1000 }, async (models) => {
    const files = [];
    for (let factor = 1; factor <= 20; factor += 1) {
      files.push(await writeVersion(dir.path, `v${factor}`, scaleModel(factor)));
    }
    const [first, ...others] = files;
    if (first === undefined) throw new Error("there are twenty");
    await models.swap(first);
    let done = false;
    let answers = 0;
    const client = async (): Promise<void> => {
      while (!done) {
        const [version, numbers] = await answerOf(models);
        const factor = Number(version.slice(1));
        expect(numbers).toEqual([factor, 2 * factor]);
        answers += 1;
        // Leaves the processor to the candidate now and then.
        await setTimeout(10);
      }
    };
    const clients = Array.from({ length: 50 }, client);
    for (const each of others) await models.swap(each);
    done = true;
    await Promise.all(clients);
    expect(answers).toBeGreaterThan(500);
    expect(await answerOf(models)).toEqual(["v20", [20, 40]]);
  });
}, 180_000);

const otherInput = model({
  name: "other",
  nodes: [node("Identity", ["z"], ["y"])],
  inputs: [valueInfo("z", ["batch", 2])],
  outputs: [valueInfo("y", ["batch", 2])],
});

test("V13, O9: a broken candidate leaves the old version serving, with the reason in the status", async () => {
  await using dir = await tempDir();
  await withModels({ loadTimeoutMs: 20_000 }, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    const broken = [
      ["E_MODEL", await writeVersion(dir.path, "html", Buffer.from("<html>no model</html>"))],
      ["E_SIGNATURE", await writeVersion(dir.path, "other", otherInput)],
    ] as const;
    for (const [code, files] of broken) {
      await expect(models.swap(files)).rejects.toMatchObject({ code });
      expect(await answerOf(models)).toEqual(["v1", [2, 4]]);
      const status = models.status()[0];
      expect(status).toMatchObject({ serving: "v1", generation: 1 });
      expect(status?.versions.find(({ version }) => version === files.version)).toMatchObject({
        state: "failed",
        reason: { code },
      });
    }
    const forced = await writeVersion(dir.path, "other", otherInput);
    expect(await models.swap(forced, { force: true })).toMatchObject({ generation: 2 });
  });
});

test("a candidate that never gets warm is ended, and the old version serves", async () => {
  await using dir = await tempDir();
  await withModels({ loadTimeoutMs: 3000 }, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    const endless = await writeVersion(dir.path, "endless", loopModel({ endless: true }));
    await expect(models.swap(endless)).rejects.toMatchObject({ code: "E_TIMEOUT" });
    expect(await answerOf(models)).toEqual(["v1", [2, 4]]);
  });
}, 180_000);

test("V13: what was refused is remembered across a restart, until it is forced", async () => {
  await using dir = await tempDir();
  const options = { stateDir: dir.join("state") };
  const broken = await writeVersion(dir.path, "v2", otherInput);
  await withModels(options, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    await expect(models.swap(broken)).rejects.toMatchObject({ code: "E_SIGNATURE" });
  });
  await withModels(options, async (models, events) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    await expect(models.swap(broken)).rejects.toThrow(/cannot replace v1.*swap with force/);
    expect(events.filter(({ type, version }) => type === "loading" && version === "v2")).toEqual(
      [],
    );
    await models.swap(broken, { force: true });
  });
  await withModels(options, async (models) => {
    expect(await models.swap(broken)).toMatchObject({ version: "v2" });
  });
}, 180_000);

test("a swap that nobody waits for any more is cancelled", async () => {
  await using dir = await tempDir();
  await withModels({}, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    const files = await writeVersion(dir.path, "v2", scaleModel(3));
    const abort = new AbortController();
    const one = models.swap(files, { signal: abort.signal });
    const two = models.swap(files);
    abort.abort();
    await expect(one).rejects.toMatchObject({ code: "E_ABORTED" });
    expect(await two).toMatchObject({ version: "v2" });
    const again = new AbortController();
    const three = models.swap(await writeVersion(dir.path, "v3", scaleModel(4)), {
      signal: again.signal,
    });
    again.abort();
    await expect(three).rejects.toMatchObject({ code: "E_ABORTED" });
    expect(await answerOf(models)).toEqual(["v2", [3, 6]]);
  });
}, 180_000);

test("V13: what the old version was asked before the swap, it still answers", async () => {
  await using dir = await tempDir();
  await withModels({}, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", loopModel()));
    const tensors = [int64s("times", [], [300_000]), floats("x", [1], [7])];
    const slow = models.predict("scale", { kind: "tensors", tensors });
    await models.swap(await writeVersion(dir.path, "v2", loopModel()));
    expect(models.status()[0]).toMatchObject({ serving: "v2" });
    expect(await slow).toMatchObject({ version: "v1" });
  });
}, 180_000);

test("a prediction before the first version is there waits for it", async () => {
  await using dir = await tempDir();
  await withModels({}, async (models) => {
    const unknown = models.predict("scale", pair(1, 2));
    await expect(unknown).rejects.toMatchObject({ code: "E_USAGE" });
    const swapping = models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    expect(await answerOf(models)).toEqual(["v1", [2, 4]]);
    await swapping;
  });
}, 180_000);

test("V16: no more predictions wait for the first version than would in its queue", async () => {
  await using dir = await tempDir();
  await withModels({ maxQueue: 3 }, async (models) => {
    const swapping = models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    const asked = Array.from({ length: 10 }, () => answerOf(models));
    const results = await Promise.allSettled(asked);
    const busy = results.filter((each) => each.status === "rejected");
    expect(busy).toHaveLength(7);
    for (const each of busy) expect(each).toMatchObject({ reason: { code: "E_BUSY" } });
    await swapping;
  });
}, 180_000);

test("a canary that proved good is promoted without being loaded again", async () => {
  await using dir = await tempDir();
  await withModels({}, async (models, events) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    const canary = await writeVersion(dir.path, "v2", scaleModel(3));
    await Promise.all([models.loadBeside(canary), models.loadBeside(canary)]);
    expect(await models.swap(canary)).toMatchObject({ version: "v2", previous: "v1" });
    expect(events.filter(({ type }) => type === "loading")).toHaveLength(2);
    expect(await answerOf(models)).toEqual(["v2", [3, 6]]);
  });
}, 180_000);
