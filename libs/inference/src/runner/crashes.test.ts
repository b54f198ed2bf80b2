import { expect, test } from "@jest/globals";
import { setTimeout } from "node:timers/promises";
import { tempDir } from "@plimsoll/testing";
import {
  bombModel,
  floats,
  int64s,
  loopModel,
  numbersOf,
  pair,
  scaleModel,
  writeVersion,
} from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import type { ModelInput } from "../model-input.ts";
import type { Models } from "../models.ts";

const loop = (times: number): ModelInput => ({
  kind: "tensors",
  tensors: [int64s("times", [], [times]), floats("x", [1], [7])],
});

const bomb = (size: number): ModelInput => ({
  kind: "tensors",
  tensors: [int64s("size", [1], [size])],
});

const pidOf = (models: Models): number => {
  const pid = models.status()[0]?.versions[0]?.pid;
  if (pid === undefined) throw new Error("no process");
  return pid;
};

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("O4: an endless loop is ended by its deadline, this process never waits, and the model answers again", async () => {
  await using dir = await tempDir();
  await withModels({ restart: { firstDelayMs: 1 } }, async (models, events) => {
    await models.swap(await writeVersion(dir.path, "v1", loopModel()));
    models.configure("scale", { timeout_ms: 700 });
    const pid = pidOf(models);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 20);
    const endless = models.predict("scale", loop(2 ** 52));
    const behind = models.predict("scale", loop(3));
    await expect(endless).rejects.toMatchObject({ code: "E_TIMEOUT", retryAfterSeconds: 1 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
    expect(alive(pid)).toBe(false);
    // What waited behind it is answered by the next process.
    expect(numbersOf((await behind).output)).toEqual([7]);
    expect(events.map(({ type }) => type)).toContain("timeout");
  });
}, 180_000);

test("O5: tensors larger than the memory are refused, and the model answers on", async () => {
  await using dir = await tempDir();
  const limits = { process: { dataLimitBytes: 1_500_000_000 } };
  await withModels(limits, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", bombModel()));
    const pid = pidOf(models);
    for (const size of [2 ** 40, 2 ** 31, -1]) {
      const code = expect.stringMatching(/^E_(MEMORY|INPUT)$/);
      await expect(models.predict("scale", bomb(size))).rejects.toMatchObject({ code });
    }
    expect(numbersOf((await models.predict("scale", bomb(4))).output)).toEqual([0]);
    expect(pidOf(models)).toBe(pid);
  });
}, 180_000);

test("a process that is killed under load costs one batch, and the rest is answered by its successor", async () => {
  await using dir = await tempDir();
  await withModels({ restart: { firstDelayMs: 1 } }, async (models, events) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    const pid = pidOf(models);
    const asked = Array.from({ length: 60 }, (_, index) =>
      models.predict("scale", pair(index, 1)).then(({ output }) => numbersOf(output)),
    );
    process.kill(pid, "SIGKILL");
    const results = await Promise.allSettled(asked);
    const lost = results.filter(({ status }) => status === "rejected");
    expect(lost.length).toBeLessThanOrEqual(1);
    for (const each of lost) {
      const message = "scale v1: the model's process ended by SIGKILL";
      expect(each).toMatchObject({ reason: { code: "E_CRASH", message } });
    }
    expect(results.at(-1)).toEqual({ status: "fulfilled", value: [118, 2] });
    expect(events.map(({ type }) => type)).toContain("crashed");
    expect(pidOf(models)).not.toBe(pid);
  });
}, 180_000);

test("a process that ends again and again is left alone for a while", async () => {
  await using dir = await tempDir();
  const restart = { firstDelayMs: 1, crashes: 2, openMs: 20_000 };
  await withModels({ restart }, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    for (let crash = 0; crash < 2; crash += 1) {
      await models.predict("scale", pair(1, 1));
      const pid = pidOf(models);
      process.kill(pid, "SIGKILL");
      while (models.status()[0]?.versions[0]?.pid === pid) await setTimeout(5);
    }
    const refused = { code: "E_BUSY", retryAfterSeconds: 20 };
    await expect(models.predict("scale", pair(1, 1))).rejects.toMatchObject(refused);
  });
}, 180_000);

test("V16: a full queue refuses at once with a time to try again, and V15: an abort frees its place", async () => {
  await using dir = await tempDir();
  await withModels({ maxQueue: 2 }, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", loopModel()));
    const slow = models.predict("scale", loop(300_000));
    const abort = new AbortController();
    const gone = models.predict("scale", loop(1), { signal: abort.signal });
    const waiting = models.predict("scale", loop(1));
    const busy = { code: "E_BUSY", retryAfterSeconds: expect.any(Number) };
    await expect(models.predict("scale", loop(1))).rejects.toMatchObject(busy);
    abort.abort();
    await expect(gone).rejects.toMatchObject({ code: "E_ABORTED" });
    const instead = models.predict("scale", loop(2));
    for (const each of [slow, waiting, instead]) {
      expect(numbersOf((await each).output)).toEqual([7]);
    }
    expect(models.status()[0]).toMatchObject({ queued: 0 });
  });
}, 180_000);

test("V15: a running prediction that is aborted fails at once, and its answer goes to nobody", async () => {
  await using dir = await tempDir();
  await withModels({}, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", loopModel()));
    const abort = new AbortController();
    const gone = models.predict("scale", loop(300_000), { signal: abort.signal });
    await setTimeout(20);
    abort.abort();
    await expect(gone).rejects.toMatchObject({ code: "E_ABORTED" });
    expect(numbersOf((await models.predict("scale", loop(2))).output)).toEqual([7]);
  });
}, 180_000);

test("V11: inputs that do not fit and answers that are not finite are refused with their codes", async () => {
  await using dir = await tempDir();
  await withModels({}, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(3e38)));
    const ask = (shape: readonly number[], values: readonly number[], name = "x") =>
      models.predict("scale", { kind: "tensors", tensors: [floats(name, shape, values)] });
    await expect(ask([1, 2], [NaN, 1])).rejects.toMatchObject({ code: "E_INPUT" });
    await expect(ask([1, 2], [1])).rejects.toMatchObject({ code: "E_INPUT" });
    await expect(ask([2], [1, 1])).rejects.toMatchObject({ code: "E_INPUT" });
    await expect(ask([1, 2], [1, 1], "z")).rejects.toMatchObject({ code: "E_INPUT" });
    await expect(ask([1, 2], [1, 100])).rejects.toMatchObject({ code: "E_OUTPUT" });
    const text = models.predict("scale", { kind: "text", text: "x" });
    await expect(text).rejects.toMatchObject({ code: "E_MEDIA" });
  });
}, 180_000);
