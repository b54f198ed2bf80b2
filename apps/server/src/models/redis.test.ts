import { readdir } from "node:fs/promises";
import { expect, jest, test } from "@jest/globals";
import { factorOf, ones, servingBench, until } from "./testing/serving-bench.ts";
import { hasRedis, redisServer } from "./testing/redis-server.ts";

// Each takes a fraction of a second; a machine that does other things as well may need longer.
jest.setTimeout(60_000);

const withRedis = hasRedis ? test : test.skip;
const title = (text: string): string => (hasRedis ? text : `${text} (skipped: no redis-server)`);
const hour = 3_600_000;

withRedis(
  title("replicas are told of a reload through Redis, long before they would look"),
  async () => {
    await using redis = await redisServer();
    await using bench = await servingBench({ redisUrl: redis.url, pollMs: hour });
    await bench.publish("v1.0.0", 2);
    const other = await bench.open({ state: "other" });
    bench.serving.start();
    other.serving.start();
    await bench.ask();
    await other.serving.predict({ model: "scale", input: ones });
    await until(() => bench.lines.filter((line) => line === "connected to Redis").length === 2);
    const replicas = bench.join("store", "models", "scale", "replicas");
    await until(async () => (await readdir(replicas).catch(() => [])).length === 2);
    await bench.publish("v1.1.0", 3);
    const answer = await bench.serving.reload({ model_type: "scale", wait: "all" });
    expect(answer).toMatchObject({ success: true, replicas: { live: 2, converged: 2 } });
    const told = await other.serving.predict({ model: "scale", input: ones });
    expect(factorOf(told)).toBe(3);
  },
);

withRedis(
  title(
    "answers are kept by input and version where that is configured, and never outlive a version",
  ),
  async () => {
    await using redis = await redisServer();
    await using bench = await servingBench({ redisUrl: redis.url, predictionCacheSeconds: 60 });
    await bench.publish("v1.0.0", 2);
    let asked = 0;
    const { predict } = bench.models;
    Object.assign(bench.models, {
      predict: (...args: Parameters<typeof predict>) => {
        asked += 1;
        return predict(...args);
      },
    });
    bench.serving.start();
    await until(() => bench.lines.includes("connected to Redis"));
    for (let i = 0; i < 5; i++) expect(await bench.ask()).toBe(2);
    expect(asked).toBe(1);
    await bench.publish("v1.1.0", 3);
    await bench.serving.reload({ model_type: "scale" });
    expect(await bench.ask()).toBe(3);
    expect(asked).toBe(2);
  },
);

test("a Redis that is out of reach stops nobody: replicas poll", async () => {
  await using bench = await servingBench({ redisUrl: "redis://127.0.0.1:1" });
  await bench.publish("v1.0.0", 2, { channel: "latest" });
  bench.serving.start();
  expect(await bench.ask()).toBe(2);
  await until(() => bench.lines.some((line) => line.startsWith("Redis cannot be reached")));
  await bench.publish("v1.1.0", 3, { channel: "latest" });
  await until(async () => (await bench.ask()) === 3);
});
