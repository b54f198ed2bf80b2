import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, jest, test } from "@jest/globals";
import { bytesSource, type Driver, openStore } from "@plimsoll/storage";
import { tempDir } from "@plimsoll/testing";
import { listVersions, readPointer, readRelease } from "@plimsoll/weights";
import { addSamples } from "../samples/add-samples.ts";
import { tone } from "../testing/sounds.ts";
import { sounds, withBench } from "../testing/bench.ts";
import { createRun } from "./create-run.ts";
import { executeRun } from "./execute-run.ts";
import type { Errand } from "../testing/execute.child.ts";
import { trainModel } from "../testing/fake-train.ts";
import { readRun } from "./run-store.ts";

// Each case starts processes of its own.
jest.setTimeout(60_000);

const script = fileURLToPath(new URL("../testing/execute.child.ts", import.meta.url));

async function inProcess(errand: Errand): Promise<{ out: string; signal: string | null }> {
  const args = ["--conditions=@plimsoll/source", "--import", "tsx", script, JSON.stringify(errand)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  return { out: out.trim(), signal };
}

const keys = async (store: Driver, prefix: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found.sort();
};

test("a run publishes the next minor to staging with its lineage, and leaves nothing behind", async () => {
  await withBench(async ({ store, run, dir }) => {
    const before = await keys(store, "datasets/");
    const record = await run();
    expect(record).toMatchObject({
      state: "succeeded",
      version: "v1.0.0",
      channel: "staging",
      attempts: 1,
      progress: 1,
      commit: "abc",
      reason: "test",
      dataset: { samples: 16, new_samples: 16, classes: { engine: 8, gun_shot: 8 } },
      metrics: { accuracy: 0.9, macro_f1: 0.9 },
    });
    expect(record.stages.map(({ name, attempts }) => `${name} ${attempts}`)).toEqual([
      "samples 1",
      "download 1",
      "baseline 1",
      "train 1",
      "publish 1",
      "promote 1",
    ]);
    expect(await readRun(store, "sounds", record.run)).toEqual(record);
    const { manifest } = await readRelease(store, "sounds", "v1.0.0");
    expect([...manifest.manifest.weights.keys()].sort()).toEqual([
      "backbone-0001.bin",
      "model-card.md",
      "model.json",
    ]);
    expect(manifest.manifest.metadata).toMatchObject({
      accuracy: 0.9,
      dataset: { run: record.run, digest: record.dataset?.digest, commit: "abc", seed: 1 },
    });
    expect((await readPointer(store, "sounds", "staging"))?.pointer.version).toBe("v1.0.0");
    expect(await readPointer(store, "sounds", "production")).toBeUndefined();
    expect(await keys(store, "datasets/")).toEqual(before);
    expect(await readdir(`${dir}/work/runs`)).toEqual([]);

    const second = await run({ promoteTo: "production", require: ["accuracy>=0.8"] });
    expect(second).toMatchObject({
      state: "succeeded",
      version: "v1.1.0",
      promoted_to: "production",
      parent: "v1.0.0",
      dataset: { new_samples: 0, digest: record.dataset?.digest },
    });
    expect((await readPointer(store, "sounds", "production"))?.pointer.version).toBe("v1.1.0");
  });
});

test("a gate before publishing: nothing is published; a gate of the promotion: it stays in staging", async () => {
  await withBench(async ({ store, run }) => {
    const refused = await run({ gate: { minAccuracy: 0.95 } });
    expect(refused).toMatchObject({
      state: "rejected",
      error: { code: "E_GATE", message: expect.stringContaining("accuracy 0.9 is low") },
    });
    expect(await listVersions(store, "sounds")).toEqual([]);
    const held = await run({ promoteTo: "production", require: ["accuracy>=0.99"] });
    expect(held).toMatchObject({ state: "rejected", version: "v1.0.0", error: { code: "E_GATE" } });
    expect(held.promoted_to).toBeUndefined();
    expect(await readPointer(store, "sounds", "production")).toBeUndefined();
  });
});

test("samples that cannot be used are reported by name and stop no other", async () => {
  await withBench(async ({ store, run }) => {
    const write = async (path: string, bytes: Uint8Array): Promise<void> => {
      const key = `datasets/sounds/originals/${path}`;
      await store.write(key, bytesSource(bytes, key));
    };
    const broken = Buffer.from(tone(400, 3, 0.1));
    broken.write("bad", 40, "latin1");
    await write("engine/by-hand.wav", broken);
    await write(`engine/${"0".repeat(64)}.wav`, tone(500, 1, 0.1));
    await write("engine/both.wav", tone(900, 1, 0.1));
    await write("gun_shot/both.wav", tone(900, 1, 0.1));
    await write("gun_shot/picture.png", Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
    const record = await run();
    expect(record.state).toBe("succeeded");
    expect(
      record.problems.map(({ name, code }) => `${code} ${name.split("originals/")[1]}`).sort(),
    ).toEqual([
      "E_CLASS engine/both.wav",
      "E_CLASS gun_shot/both.wav",
      `E_INPUT engine/${"0".repeat(64)}.wav`,
      "E_INPUT engine/by-hand.wav",
      "E_MEDIA gun_shot/picture.png",
    ]);
    expect(record.dataset?.samples).toBe(17);
  });
});

test("all samples in one class: refused, nothing is published", async () => {
  await using dir = await tempDir();
  const store = await openStore(dir.join("store"));
  await addSamples({ store, model: "one", from: sounds(["engine"], 12), source: "test" });
  const created = await createRun({ store, model: "one", config: {} });
  if (created.status !== "started") throw new Error(created.status);
  const record = await executeRun({
    storeUrl: dir.join("store"),
    model: "one",
    run: created.run,
    workRoot: dir.join("work"),
    train: trainModel,
  });
  expect(record).toMatchObject({
    state: "failed",
    error: { code: "E_SAMPLES", message: expect.stringContaining('one class, "engine"') },
  });
  expect(await listVersions(store, "one")).toEqual([]);
});

test("two servers that ask at the same time start one run, and too few samples start none", async () => {
  await withBench(async ({ store, url, dir }) => {
    const others = await Promise.all([openStore(url), openStore(url), openStore(url)]);
    const answers = await Promise.all(
      others.map((other) => createRun({ store: other, model: "sounds", config: {} })),
    );
    const started = answers.filter(({ status }) => status === "started");
    expect(started).toHaveLength(1);
    expect(answers.filter(({ status }) => status === "in_progress")).toHaveLength(2);
    expect(new Set(answers.map((answer) => (answer as { run: string }).run)).size).toBe(1);
    const run = (started[0] as { run: string }).run;
    const errand = { storeUrl: url, model: "sounds", run, train: trainModel };
    const outcomes = await Promise.allSettled([
      executeRun({ ...errand, workRoot: `${dir}/a` }),
      executeRun({ ...errand, workRoot: `${dir}/b` }),
    ]);
    const states = outcomes.map((outcome) =>
      outcome.status === "fulfilled"
        ? outcome.value.state
        : (outcome.reason as { code: string }).code,
    );
    expect(states).toContain("succeeded");
    expect((await listVersions(store, "sounds")).map(({ version }) => version)).toEqual(["v1.0.0"]);
    await expect(
      createRun({ store, model: "sounds", config: {}, minNewSamples: 1 }),
    ).resolves.toEqual({ status: "not_enough_samples", have: 0, need: 1, isNew: true });
    await expect(
      createRun({ store, model: "sounds", config: {}, minSamples: 17 }),
    ).resolves.toEqual({
      status: "not_enough_samples",
      have: 16,
      need: 17,
      isNew: false,
    });
  });
});

test("a cancelled run ends, publishes nothing, and the next may begin", async () => {
  await withBench(async ({ store, create, url, dir, run }) => {
    const id = await create();
    const key = `training/sounds/cancel/${id}.json`;
    await store.write(key, bytesSource(Buffer.from("{}"), key));
    const errand = { storeUrl: url, model: "sounds", run: id, workRoot: `${dir}/work` };
    const record = await executeRun({ ...errand, train: trainModel });
    expect(record).toMatchObject({ state: "cancelled", error: { code: "E_CANCELLED" } });
    expect(await listVersions(store, "sounds")).toEqual([]);
    expect((await run()).state).toBe("succeeded");
  });
});

test("a full disk ends the run with the file's name, and the disk is free again", async () => {
  await withBench(async ({ store, run, dir }) => {
    const train: typeof trainModel = async ({ outDir }) => {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), {
        code: "ENOSPC",
        path: `${outDir}/model.onnx`,
      });
    };
    const record = await run({}, { train });
    expect(record).toMatchObject({
      state: "failed",
      error: { code: "E_DISK", message: expect.stringMatching(/model\.onnx: the disk is full/) },
    });
    expect(await readdir(`${dir}/work/runs`)).toEqual([]);
    expect(await listVersions(store, "sounds")).toEqual([]);
  });
});

/** Each starts a process of its own: all of them by night. */
const places = process.env["PLIMSOLL_NIGHTLY"]
  ? (["samples", "download", "baseline", "train", "epoch", "publish", "promote"] as const)
  : (["download", "epoch", "promote"] as const);

test.each(places)(
  "a worker that is killed at %s loses nothing: another goes on after the last finished stage",
  async (dieAt) => {
    await withBench(async ({ store, create, url, dir }) => {
      const originals = await keys(store, "datasets/");
      const run = await create({ promoteTo: "production" });
      const errand = { storeUrl: url, model: "sounds", run, workRoot: `${dir}/work` };
      expect((await inProcess({ ...errand, dieAt })).signal).toBe("SIGKILL");
      expect((await readRun(store, "sounds", run)).state).toBe("running");
      await new Promise((resolve) => setTimeout(resolve, 450));
      const record = await executeRun({ ...errand, train: trainModel });
      expect(record).toMatchObject({ state: "succeeded", attempts: 2, version: "v1.0.0" });
      expect((await listVersions(store, "sounds")).map(({ version }) => version)).toEqual([
        "v1.0.0",
      ]);
      expect((await readPointer(store, "sounds", "production"))?.pointer.version).toBe("v1.0.0");
      expect(await keys(store, "datasets/")).toEqual(originals);
      expect(await readdir(`${dir}/work/runs`)).toEqual([]);
    });
  },
);
