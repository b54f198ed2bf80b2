import { expect, jest, test } from "@jest/globals";
import { openStore } from "@plimsoll/storage";
import { tempDir } from "@plimsoll/testing";
import { listVersions } from "@plimsoll/weights";
import { openTraining } from "../open-training.ts";
import type { RunEvent } from "../runs/run-event.ts";
import { tone } from "../testing/sounds.ts";
import type { Training } from "../training.ts";
import { hasRedis, redisServer } from "./redis-server.ts";
import { type TestWorker, testWorker } from "../testing/worker.ts";

// Workers are processes of their own.
jest.setTimeout(90_000);

const withRedis = hasRedis() ? test : test.skip;
const name = (text: string): string => (hasRedis() ? text : `${text} (skipped: no redis-server)`);

const trainModule = new URL("../testing/fake-train.ts", import.meta.url).href;

async function upload(training: Training): Promise<void> {
  for (let variant = 0; variant < 8; variant++) {
    await training.upload({ className: "engine", bytes: tone(300, variant, 0.1) });
    await training.upload({ className: "gun_shot", bytes: tone(700, variant, 0.1) });
  }
}

withRedis(
  name(
    "a worker killed in the middle loses nothing: another one takes the run, two servers start one",
  ),
  async () => {
    await using dir = await tempDir();
    await using redis = await redisServer();
    const storeUrl = dir.join("store");
    const open = (folder: string) =>
      openTraining({
        storeUrl,
        dir: dir.join(folder),
        models: { sounds: { newClasses: true } },
        redisUrl: redis.url,
        pollMs: 200,
      });
    const slow = { PLIMSOLL_TEST_TRAIN_MS: "60" };
    const servers = [await open("a"), await open("b")] as const;
    const options = { storeUrl, redisUrl: redis.url, trainModule, lockMs: 1500, beatMs: 100 };
    const first = await testWorker({ ...options, workRoot: dir.join("w1"), stalledMs: 1000 }, slow);
    let second: TestWorker | undefined;
    try {
      await upload(servers[0]);
      const answers = await Promise.all(servers.map((server) => server.retrain({})));
      expect(answers.map(({ status }) => status).sort()).toEqual(["in_progress", "started"]);
      const run = answers[0]?.run ?? "";
      expect(answers[1]?.run).toBe(run);

      const seen: RunEvent[] = [];
      const { signal } = new AbortController();
      for await (const event of servers[1].events(run, { signal })) {
        seen.push(event);
        if (event.stage === "decode" && second === undefined) {
          first.process.kill("SIGKILL");
          second = await testWorker(
            { ...options, workRoot: dir.join("w2"), stalledMs: 1000 },
            slow,
          );
        }
      }
      expect(second).toBeDefined();
      expect(seen.at(-1)).toMatchObject({ type: "state", state: "succeeded" });
      const store = await openStore(storeUrl);
      expect((await listVersions(store, "sounds")).map(({ version }) => version)).toEqual([
        "v1.0.0",
      ]);
      expect(await servers[0].run(run)).toMatchObject({ state: "succeeded", version: "v1.0.0" });
    } finally {
      await Promise.all(servers.map((server) => server.close()));
      await Promise.all([first, second].map((each) => each?.stop()));
    }
  },
);
