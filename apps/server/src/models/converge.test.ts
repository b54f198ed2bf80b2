import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { factorOf, type Opened, ones, servingBench, until } from "./testing/serving-bench.ts";

// Each takes a fraction of a second; a machine that does other things as well may need longer.
jest.setTimeout(60_000);

const ask = async ({ serving }: Opened): Promise<number> =>
  factorOf(await serving.predict({ model: "scale", input: ones }));

test("replicas converge: wait all answers when every live one serves it, and versions tells which serves what", async () => {
  await using bench = await servingBench({ replicaId: "a" });
  await bench.publish("v1.0.0", 2);
  bench.serving.start();
  const others = [
    await bench.open({ replicaId: "b", state: "b" }),
    await bench.open({ replicaId: "c", state: "c" }),
  ];
  expect(await bench.ask()).toBe(2);
  for (const other of others) {
    other.serving.start();
    expect(await ask(other)).toBe(2);
  }
  const replicas = bench.join("store", "models", "scale", "replicas");
  await until(() => ["a", "b", "c"].every((id) => existsSync(`${replicas}/${id}.json`)));
  await bench.publish("v1.1.0", 3);
  const answer = await bench.serving.reload({ model_type: "scale", wait: "all" });
  expect(answer).toMatchObject({ success: true, replicas: { live: 3, converged: 3 } });
  for (const other of others) expect(await ask(other)).toBe(3);
  expect((await bench.serving.versions("scale")).replicas).toEqual(
    ["a", "b", "c"].map((id) => ({ id, version: "v1.1.0", generation: 1 })),
  );
  await others[1]?.close();
  expect(await readdir(replicas)).toEqual(["a.json", "b.json"]);
});

test("a replica that was killed expires after three missed beats", async () => {
  await using bench = await servingBench({ replicaId: "a" });
  await bench.publish("v1.0.0", 2);
  await bench.ask();
  const path = bench.join("store", "models", "scale", "replicas", "dead.json");
  await until(() => existsSync(dirname(path)));
  const dead = { id: "dead", model: "scale", version: "v0.9.0", generation: 0, state: "serving" };
  const beat = async (ageMs: number): Promise<void> =>
    await writeFile(
      path,
      JSON.stringify({
        ...dead,
        at: new Date(Date.now() - ageMs).toISOString(),
        interval_ms: 1000,
      }),
    );
  await beat(2_000);
  expect((await bench.serving.versions("scale")).replicas.map(({ id }) => id)).toEqual([
    "a",
    "dead",
  ]);
  await beat(3_500);
  expect((await bench.serving.versions("scale")).replicas.map(({ id }) => id)).toEqual(["a"]);
});

test("wait all gives up on a replica that lives and does not follow, and says how many did", async () => {
  await using bench = await servingBench({ replicaId: "a", waitMs: 300 });
  await bench.publish("v1.0.0", 2);
  await bench.ask();
  const path = bench.join("store", "models", "scale", "replicas", "slow.json");
  await until(() => existsSync(dirname(path)));
  await writeFile(
    path,
    JSON.stringify({ generation: 0, at: new Date().toISOString(), interval_ms: 60_000 }),
  );
  const answer = await bench.serving.reload({ model_type: "scale", wait: "all" });
  expect(answer).toMatchObject({ success: false, replicas: { live: 2, converged: 1 } });
});

test("config.json is followed without loading; a bad one is refused, told, and the old one stays", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  await bench.ask();
  bench.serving.start();
  const path = bench.join("store", "models", "scale", "config.json");
  const applied = (): unknown => bench.models.status()[0]?.config.confidence_threshold;
  await writeFile(path, JSON.stringify({ confidence_threshold: 0.4 }));
  await until(() => applied() === 0.4);
  await writeFile(path, JSON.stringify({ confidence_threshold: 40 }));
  const refused = (): boolean =>
    bench.serving.recentEvents().some(({ type, code }) => type === "config" && code === "E_USAGE");
  await until(refused);
  expect(applied()).toBe(0.4);
  expect(bench.serving.recentEvents().filter(({ type }) => type === "loaded")).toHaveLength(1);
});

test("a write of the configuration is conditional: another etag is 412", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2);
  await bench.ask();
  const first = await bench.serving.configure("scale", { confidence_threshold: 0.3 }, {});
  expect(first).toMatchObject({ scope: "all", value: { confidence_threshold: 0.3 } });
  const stale = bench.serving.configure("scale", {}, { ifMatch: '"somebody-else"' });
  await expect(stale).rejects.toMatchObject({ status: 412, code: "E_CONFLICT" });
  const ifMatch = first.etag ?? "";
  const second = await bench.serving.configure("scale", { iou_threshold: 0.5 }, { ifMatch });
  expect(second.value).toEqual({ iou_threshold: 0.5 });
  const stored = await readFile(bench.join("store/models/scale/config.json"), "utf8");
  expect(JSON.parse(stored)).toEqual({ iou_threshold: 0.5 });
});

test("traffic loads its versions beside the serving one, and ends them when they are not wanted", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2, { channel: "production" });
  await bench.publish("v1.1.0", 3);
  await bench.ask();
  const loaded = (): unknown => bench.models.status()[0]?.versions.map(({ version }) => version);
  await bench.serving.traffic("scale", { weights: { "v1.0.0": 90, "v1.1.0": 10 } });
  expect(loaded()).toEqual(["v1.0.0", "v1.1.0"]);
  const [model] = await bench.serving.list();
  expect(model?.serving).toEqual([
    { version: "v1.0.0", share: 0.9 },
    { version: "v1.1.0", share: 0.1 },
  ]);
  await bench.serving.traffic("scale", { weights: {} });
  expect(loaded()).toEqual(["v1.0.0"]);
});

test("promote and roll back move the channel, and this server follows at once", async () => {
  await using bench = await servingBench();
  await bench.publish("v1.0.0", 2, { channel: "production" });
  await bench.publish("v1.1.0", 3);
  expect(await bench.ask()).toBe(2);
  const promote = { version: "v1.1.0", channel: "production" };
  const dry = await bench.serving.promote("scale", { ...promote, dryRun: true });
  expect(dry).toMatchObject({ from: "v1.0.0", to: "v1.1.0", moved: false, allowed: true });
  await bench.serving.promote("scale", { ...promote, expect: "v1.0.0" });
  expect(await bench.ask()).toBe(3);
  const late = bench.serving.promote("scale", { ...promote, expect: "v1.0.0" });
  await expect(late).rejects.toMatchObject({ status: 409, code: "E_CONFLICT" });
  const back = await bench.serving.rollback("scale", { channel: "production" });
  expect(back).toMatchObject({ from: "v1.1.0", to: "v1.0.0", moved: true });
  expect(await bench.ask()).toBe(2);
});
