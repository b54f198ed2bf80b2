import { expect, jest, test } from "@jest/globals";
import { openStore } from "@plimsoll/storage";
import { tempDir } from "@plimsoll/testing";
import { readPointer } from "@plimsoll/weights";
import { openTraining } from "./open-training.ts";
import type { RunEvent } from "./runs/run-event.ts";
import type { RunRecord } from "./runs/run-record.ts";
import { tone } from "./testing/sounds.ts";
import type { Training, TrainingOptions } from "./training.ts";

// Each run is a process of its own.
jest.setTimeout(60_000);

const trainModule = new URL("./testing/fake-train.ts", import.meta.url).href;

async function withTraining(
  more: Partial<TrainingOptions>,
  act: (training: Training, dir: string, open: () => Promise<Training>) => Promise<void>,
): Promise<void> {
  await using dir = await tempDir();
  const opened: Training[] = [];
  const open = async (): Promise<Training> => {
    const training = await openTraining({
      storeUrl: dir.join("store"),
      dir: dir.join("local"),
      models: { sounds: { classes: ["engine", "gun_shot"], run: { promoteTo: "production" } } },
      trainModule,
      pollMs: 100,
      lockMs: 1000,
      beatMs: 50,
      commit: "0123abc",
      ...more,
    });
    opened.push(training);
    return training;
  };
  try {
    await act(await open(), dir.path, open);
  } finally {
    await Promise.all(opened.map((training) => training.close()));
  }
}

async function upload(training: Training, count: number, first = 0): Promise<void> {
  for (let variant = first; variant < first + count; variant++) {
    await training.upload({ className: "engine", bytes: tone(300, variant, 0.1) });
    await training.upload({ className: "gun_shot", bytes: tone(700, variant, 0.1) });
  }
}

async function follow(training: Training, id: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const { signal } = new AbortController();
  for await (const event of training.events(id, { signal })) events.push(event);
  return events;
}

test("upload, retrain, progress, publish, promote, and the server is told", async () => {
  const ended: RunRecord[] = [];
  await withTraining({ onEnded: (record) => ended.push(record) }, async (training, dir) => {
    // What is configured can be chosen before its first sample.
    expect(await training.datasets()).toMatchObject([
      { model: "sounds", samples: 0, classes: { engine: 0, gun_shot: 0 } },
    ]);
    await upload(training, 3);
    const again = { className: "engine", bytes: tone(300, 0, 0.1) };
    expect(await training.upload(again)).toMatchObject({ stored: true, duplicate: true });
    expect(await training.retrain({ min_samples: 10 })).toEqual({
      success: false,
      status: "not_enough_samples",
      message: "sounds has 6 samples, 10 are needed",
      have: 6,
      need: 10,
    });
    await upload(training, 3, 3);
    expect(await training.datasets()).toEqual([
      {
        model: "sounds",
        samples: 12,
        newSamples: 12,
        quarantined: 0,
        classes: { engine: 6, gun_shot: 6 },
      },
    ]);
    const answer = await training.retrain({ min_samples: 10, trigger_reason: "by hand" });
    expect(answer).toMatchObject({ success: true, status: "started" });
    const run = answer.run ?? "";
    expect(await training.retrain({ model: "sounds" })).toMatchObject({
      success: false,
      status: "in_progress",
      run,
    });
    const events = await follow(training, run);
    expect(events.at(-1)).toMatchObject({ type: "state", state: "succeeded" });
    const stages = events.filter(({ type }) => type === "stage").map(({ stage }) => stage);
    expect(stages).toEqual(expect.arrayContaining(["download", "train", "publish"]));
    expect(events.some(({ type }) => type === "epoch")).toBe(true);
    expect(await training.run(run)).toMatchObject({
      id: run,
      state: "succeeded",
      version: "v1.0.0",
      progress: 1,
      reason: "by hand",
      samples: { engine: 6, gun_shot: 6 },
      metrics: { accuracy: 0.9 },
    });
    const store = await openStore(`${dir}/store`);
    expect((await readPointer(store, "sounds", "production"))?.pointer.version).toBe("v1.0.0");
    // It is told after the stream has ended.
    while (ended.length === 0) await new Promise((done) => setTimeout(done, 20));
    expect(ended).toMatchObject([{ run, promoted_to: "production", commit: "0123abc" }]);
    expect(await training.retrain({ min_new_samples: 1 })).toMatchObject({
      status: "not_enough_samples",
      have: 0,
      need: 1,
    });
    expect((await training.runs()).map(({ id }) => id)).toEqual([run]);
    await expect(training.run("r20260101-000000-abcdef")).rejects.toMatchObject({
      code: "E_NOT_FOUND",
    });
    await expect(training.run("../../x")).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  });
});

test("a run is cancelled, and a server that ends in the middle leaves it to the next", async () => {
  await withTraining(
    { env: { ...process.env, PLIMSOLL_TEST_TRAIN_MS: "100" }, watchMs: 300 },
    async (training, _dir, open) => {
      await upload(training, 10);
      const { run = "" } = await training.retrain({});
      for await (const event of training.events(run, { signal: AbortSignal.timeout(30_000) })) {
        if (event.type === "state" && event.state === "running") await training.cancel(run);
      }
      expect(await training.run(run)).toMatchObject({
        state: "cancelled",
        error: { code: "E_CANCELLED" },
      });
      await expect(training.cancel(run)).rejects.toMatchObject({ code: "E_CONFLICT" });

      const { run: second = "" } = await training.retrain({});
      for await (const event of training.events(second, { signal: AbortSignal.timeout(30_000) })) {
        if (event.stage === "decode") break;
      }
      await training.close();
      const next = await open();
      expect((await next.run(second)).state).toBe("running");
      const events = await follow(next, second);
      expect(events.at(-1)).toMatchObject({ state: "succeeded" });
      expect((await next.run(second)).version).toBe("v1.0.0");
    },
  );
});

test("enough new samples start a run by themselves", async () => {
  const models = { sounds: { newClasses: true, newSamples: 10 } };
  await withTraining({ models, watchMs: 100 }, async (training) => {
    await upload(training, 6);
    for (;;) {
      const [run] = await training.runs();
      if (run?.state === "succeeded") {
        expect(run.reason).toBe("10 new samples");
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // The same samples start no second run.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await training.runs()).toHaveLength(1);
  });
});
