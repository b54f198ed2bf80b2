import { expect, jest, test } from "@jest/globals";
import { openStore } from "@plimsoll/storage";
import { tempDir } from "@plimsoll/testing";
import { addSamples } from "../samples/add-samples.ts";
import { openTraining } from "../open-training.ts";
import { sounds } from "../testing/bench.ts";
import { hasRedis, redisServer } from "./redis-server.ts";
import { type TestWorker, testWorker } from "../testing/worker.ts";

// Workers and their children are processes of their own, and the training is the real one.
jest.setTimeout(120_000);

/** By night: it starts a dozen processes. */
const isOn = hasRedis() && process.env["PLIMSOLL_NIGHTLY"] === "1";
const withRedis = isOn ? test : test.skip;
const name = (text: string): string => (hasRedis() ? text : `${text} (skipped: no redis-server)`);

withRedis(
  name(
    "two workers share the features of a run; one that is killed meanwhile is replaced by the other",
  ),
  async () => {
    await using dir = await tempDir();
    await using redis = await redisServer();
    const storeUrl = dir.join("store");
    const store = await openStore(storeUrl);
    const from = sounds(["engine", "gun_shot", "siren"], 12);
    await addSamples({ store, model: "sounds", from, source: "test" });
    const training = await openTraining({
      storeUrl,
      dir: dir.join("server"),
      models: { sounds: { run: { epochs: 20, copies: 3 } } },
      redisUrl: redis.url,
      pollMs: 200,
    });
    const options = {
      storeUrl,
      redisUrl: redis.url,
      minShared: 20,
      partSamples: 6,
      featureConcurrency: 1,
      stalledMs: 2000,
      lockMs: 3000,
      beatMs: 200,
    };
    const workers: TestWorker[] = [];
    try {
      workers.push(await testWorker({ ...options, workRoot: dir.join("w1") }));
      workers.push(await testWorker({ ...options, workRoot: dir.join("w2") }));
      const { run = "" } = await training.retrain({});
      const { signal } = new AbortController();
      let isKilled = false;
      for await (const event of training.events(run, { signal })) {
        const parts = workers.map((each) => each.said().match(/samples in/g)?.length ?? 0);
        if (!isKilled && (parts[0] ?? 0) > 0) {
          isKilled = true;
          workers[0]?.process.kill("SIGKILL");
        }
        if (event.state === "succeeded") break;
      }
      const record = await training.run(run);
      expect(record.error).toBeUndefined();
      expect(record).toMatchObject({ state: "succeeded", version: "v1.0.0" });
      expect(record.metrics?.["accuracy"]).toBeGreaterThan(0.8);
      const said = workers.map((each) => each.said()).join("");
      expect(said).toContain(`${run}: its features are shared`);
      // 24 of 36 for training in parts of six, and the validation's.
      expect(new Set(said.match(/-0000\d: \d+ samples in/g)).size).toBeGreaterThanOrEqual(4);
      const left: string[] = [];
      for await (const { key } of store.list("training/sounds/work/")) left.push(key);
      expect(left).toEqual([]);
    } finally {
      await training.close();
      await Promise.all(workers.map((each) => each.stop()));
      await store.close();
    }
  },
);
