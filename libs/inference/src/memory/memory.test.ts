import { expect, test } from "@jest/globals";
import { setTimeout } from "node:timers/promises";
import { tempDir } from "@plimsoll/testing";
import { numbersOf, pair, scaleModel, writeVersion } from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import type { Models, ModelStatus } from "../models.ts";
import { childBytes, estimateMemory } from "./estimate-memory.ts";
import { memoryLimit } from "./memory-limit.ts";
import { processBytes, sampledBytes } from "./process-bytes.ts";

const mib = 1_048_576;
const stateOf = (
  models: Models,
  model: string,
): ModelStatus["versions"][number]["state"] | undefined =>
  models.status().find((each) => each.model === model)?.versions[0]?.state;

/** Room for so many children of small models: one counts as 90 MiB, and 64 are expected before. */
const roomFor = (count: number) => ({
  memoryBudgetBytes: (count * 80 + 65) * mib,
  ownBytes: () => 0,
  countBytes: () => 90 * mib,
});

test("the limit is the tightest of the control groups around this process", () => {
  const files: Record<string, string> = {
    "/proc/self/cgroup": "0::/user/app\n",
    "/sys/fs/cgroup/user/app/memory.max": "max\n",
    "/sys/fs/cgroup/user/memory.max": "536870912\n",
    "/sys/fs/cgroup/memory.max": "1073741824\n",
  };
  expect(memoryLimit((path) => files[path])).toBe(536_870_912);
  const v1: Record<string, string> = {
    "/proc/self/cgroup": "5:cpu,cpuacct:/a\n4:memory:/docker/abc\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "268435456\n",
  };
  expect(memoryLimit((path) => v1[path])).toBe(268_435_456);
  const none = { "/sys/fs/cgroup/memory.max": "9223372036854771712\n" } as Record<string, string>;
  expect(memoryLimit((path) => none[path])).toBeUndefined();
  expect(memoryLimit(() => undefined)).toBeUndefined();
});

test("memory of a process is read from the system, and not more often than asked", () => {
  const bytes = processBytes();
  expect(bytes).toBeGreaterThan(5 * mib);
  expect(bytes).toBeLessThanOrEqual(process.memoryUsage.rss() * 1.2);
  let now = 0;
  const sampled = sampledBytes(5000, () => now);
  const first = sampled();
  const more = Buffer.alloc(64 * mib, 1);
  expect(sampled()).toBe(first);
  now = 5000;
  expect(sampled()).toBeGreaterThan(first + 32 * mib);
  expect(more.length).toBe(64 * mib);
});

test("weights in the file count twice while they load, weights beside it once", () => {
  const file = (name: string, size: number) => ({ name, path: `/${name}`, size, sha256: "" });
  const files = [file("m.onnx", 100), file("m.bin", 1000), file("labels.txt", 7)];
  expect(estimateMemory({ model: "m", version: "v1", files })).toEqual({
    steadyBytes: childBytes + 1100,
    peakBytes: childBytes + 1200,
  });
});

test("V13: the longest unused model makes room, comes back when it is asked, and a pinned one stays", async () => {
  await using dir = await tempDir();
  await withModels(roomFor(2), async (models, events) => {
    for (const [index, model] of ["a", "b", "c"].entries()) {
      const files = await writeVersion(dir.path, `v${index + 1}`, scaleModel(index + 1), { model });
      if (model === "b") models.pin("a", true);
      await models.swap(files);
      await setTimeout(2);
    }
    expect(events.filter(({ type }) => type === "evicted").map(({ model }) => model)).toEqual([
      "b",
    ]);
    expect(["a", "b", "c"].map((model) => stateOf(models, model))).toEqual([
      "ready",
      "unloaded",
      "ready",
    ]);
    expect(numbersOf((await models.predict("b", pair(1, 2))).output)).toEqual([2, 4]);
    expect(["a", "b", "c"].map((model) => stateOf(models, model))).toEqual([
      "ready",
      "ready",
      "unloaded",
    ]);
    models.pin("b", true);
    const refused = models.predict("c", pair(1, 2));
    await expect(refused).rejects.toMatchObject({
      code: "E_MEMORY",
      message: expect.stringMatching(/needs about 64 MiB, of 225 MiB \d+ MiB are in use/),
    });
  });
}, 180_000);

test("models that do not fit together and are all in use take turns, and nobody is refused", async () => {
  await using dir = await tempDir();
  await withModels(roomFor(1), async (models, events) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(1), { model: "a" }));
    await models.swap(await writeVersion(dir.path, "v2", scaleModel(2), { model: "b" }));
    const ask = async (model: string, factor: number): Promise<void> => {
      for (let count = 0; count < 5; count += 1) {
        const { output } = await models.predict(model, pair(1, 2));
        expect(numbersOf(output)).toEqual([factor, 2 * factor]);
      }
    };
    const clients = Array.from({ length: 10 }, () => [ask("a", 1), ask("b", 2)]);
    await Promise.all(clients.flat());
    expect(events.filter(({ type }) => type === "evicted").length).toBeGreaterThan(1);
  });
}, 180_000);

test("V13: where two versions do not fit, the old one is unloaded first, and nobody is refused meanwhile", async () => {
  await using dir = await tempDir();
  await withModels(roomFor(1), async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(1)));
    const swapping = models.swap(await writeVersion(dir.path, "v2", scaleModel(2)));
    await setTimeout(50);
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => models.predict("scale", pair(1, 2))),
    );
    expect(await swapping).toMatchObject({ plan: "unload-first", version: "v2", previous: "v1" });
    for (const { version, output } of asked) {
      const factor = Number(version.slice(1));
      expect(numbersOf(output)).toEqual([factor, 2 * factor]);
    }
    expect(models.status()[0]?.versions).toHaveLength(1);
  });
}, 180_000);

test("V13: the old version is loaded again when the new one fails", async () => {
  await using dir = await tempDir();
  await withModels(roomFor(1), async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(1)));
    const broken = await writeVersion(dir.path, "v2", Buffer.from("nothing"));
    const swapping = models.swap(broken);
    swapping.catch(() => undefined);
    await setTimeout(50);
    const asked = models.predict("scale", pair(1, 2));
    await expect(swapping).rejects.toMatchObject({ code: "E_MODEL" });
    expect((await asked).version).toBe("v1");
    expect(stateOf(models, "scale")).toBe("failed");
    expect(models.status()[0]).toMatchObject({ serving: "v1", generation: 1 });
  });
}, 180_000);

test("V13: a version that never fits is refused with the numbers, before anything is unloaded", async () => {
  await using dir = await tempDir();
  await withModels(roomFor(1), async (models, events) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(1)));
    const files = await writeVersion(dir.path, "v2", scaleModel(2));
    const large = { ...files, files: files.files.map((file) => ({ ...file, size: 600 * mib })) };
    await expect(models.swap(large)).rejects.toMatchObject({
      code: "E_MEMORY",
      message: expect.stringContaining("needs about 1264 MiB, of 145 MiB"),
    });
    expect(events.filter(({ type }) => type === "evicted" || type === "unloaded")).toHaveLength(1);
    expect((await models.predict("scale", pair(1, 2))).version).toBe("v1");
  });
}, 180_000);

test("a model that nobody asks is unloaded after a while, unless it is pinned", async () => {
  await using dir = await tempDir();
  await withModels({ idleTtlMs: 200 }, async (models) => {
    models.pin("kept", true);
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(1), { model: "kept" }));
    await models.swap(await writeVersion(dir.path, "v2", scaleModel(2), { model: "left" }));
    while (stateOf(models, "left") !== "unloaded") await setTimeout(20);
    expect(stateOf(models, "kept")).toBe("ready");
    expect(numbersOf((await models.predict("left", pair(1, 2))).output)).toEqual([2, 4]);
  });
}, 180_000);
