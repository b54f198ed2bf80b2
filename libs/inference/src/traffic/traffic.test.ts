import { expect, test } from "@jest/globals";
import { setTimeout } from "node:timers/promises";
import { tempDir } from "@plimsoll/testing";
import { numbersOf, pair, scaleModel, writeVersion } from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import type { ModelConfig } from "../model-config.ts";
import type { Models } from "../models.ts";

async function twoVersions(
  dir: string,
  config: ModelConfig,
  use: Parameters<typeof withModels>[1],
  second = scaleModel(3),
): Promise<void> {
  await withModels({}, async (models, events) => {
    await models.swap(await writeVersion(dir, "v1", scaleModel(2)));
    await models.loadBeside(await writeVersion(dir, "v2", second));
    models.configure("scale", config);
    await use(models, events);
  });
}

const versionFor = async (
  models: Models,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> => (await models.predict("scale", pair(1, 2), { headers })).version;

test("a user stays with one version by header or cookie, and shares are kept", async () => {
  await using dir = await tempDir();
  const traffic = { weights: { v1: 1, v2: 1 }, sticky_header: "X-User", sticky_cookie: "sid" };
  await twoVersions(dir.path, { traffic }, async (models) => {
    const users = Array.from({ length: 40 }, (_, index) => `user-${index}`);
    const first = await Promise.all(users.map((user) => versionFor(models, { "x-user": user })));
    const again = await Promise.all(users.map((user) => versionFor(models, { "x-user": user })));
    expect(again).toEqual(first);
    expect(new Set(first)).toEqual(new Set(["v1", "v2"]));
    const cookies = await Promise.all(
      users.map((user) => versionFor(models, { cookie: `a=b; sid=${user}` })),
    );
    expect(cookies).toEqual(first);
    models.configure("scale", { traffic: { weights: { v2: 1 } } });
    expect(await versionFor(models)).toBe("v2");
    models.configure("scale", {});
    expect(await versionFor(models, { "x-user": "user-1" })).toBe("v1");
  });
}, 180_000);

test("a bad configuration is refused, and the old one stays", async () => {
  await using dir = await tempDir();
  await twoVersions(dir.path, { traffic: { weights: { v2: 1 } } }, async (models) => {
    expect(() => models.configure("scale", { max_queue: -1 })).toThrow(/max_queue/);
    expect(await versionFor(models)).toBe("v2");
    expect(models.status()[0]?.config).toEqual({ traffic: { weights: { v2: 1 } } });
  });
}, 180_000);

test("weights for versions that are not here leave the traffic with the others", async () => {
  await using dir = await tempDir();
  const weights = { v1: 0, v2: 1, v9: 1000 };
  await twoVersions(dir.path, { traffic: { weights } }, async (models) => {
    expect(await versionFor(models)).toBe("v2");
    await models.unload("scale", "v2");
    expect(await versionFor(models)).toBe("v1");
    await expect(models.predict("scale", pair(1, 2), { version: "v2" })).rejects.toMatchObject({
      code: "E_USAGE",
    });
  });
}, 180_000);

test("a shadow is asked the same, counted, and answers nobody", async () => {
  await using dir = await tempDir();
  await twoVersions(dir.path, { traffic: { shadow: "v2" } }, async (models) => {
    for (let count = 1; count <= 3; count += 1) {
      const { version, output } = await models.predict("scale", pair(count, 2));
      expect([version, numbersOf(output)]).toEqual(["v1", [2 * count, 4]]);
      while ((models.status()[0]?.shadow?.compared ?? 0) < count) await setTimeout(2);
    }
    expect(models.status()[0]?.shadow).toEqual({ version: "v2", compared: 3, disagreed: 3 });
  });
}, 180_000);

test("a canary whose answers are not finite is taken back by itself and remembered", async () => {
  await using dir = await tempDir();
  const config: ModelConfig = {
    traffic: { weights: { v1: 1, v2: 1 } },
    rollback: { max_non_finite: 0.1 },
  };
  const broken = scaleModel(3e38);
  await twoVersions(
    dir.path,
    config,
    async (models, events) => {
      const good = (): boolean => events.some(({ type }) => type === "rolled-back");
      for (let count = 0; count < 500 && !good(); count += 1) {
        await models.predict("scale", pair(count, 100)).catch(() => undefined);
      }
      expect(events.find(({ type }) => type === "rolled-back")).toMatchObject({
        version: "v2",
        code: "E_OUTPUT",
      });
      for (let count = 0; count < 20; count += 1) expect(await versionFor(models)).toBe("v1");
      const again = models.loadBeside(await writeVersion(dir.path, "v2", broken));
      await expect(again).rejects.toMatchObject({ code: "E_OUTPUT" });
      expect(models.status()[0]).toMatchObject({ serving: "v1", generation: 1 });
    },
    broken,
  );
}, 180_000);

test("a serving version that fails is replaced by the one before it", async () => {
  await using dir = await tempDir();
  await withModels({}, async (models, events) => {
    models.configure("scale", { rollback: { max_error_rate: 0.5, window: 20 } });
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    await models.swap(await writeVersion(dir.path, "v2", scaleModel(3e38)));
    let serving = "v2";
    for (let count = 0; count < 2000 && serving === "v2"; count += 1) {
      await models.predict("scale", pair(1, 100)).catch(() => undefined);
      serving = models.status()[0]?.serving ?? "";
      await setTimeout(1);
    }
    expect(models.status()[0]).toMatchObject({ serving: "v1", generation: 3 });
    expect(events.find(({ type }) => type === "rolled-back")).toMatchObject({ version: "v2" });
    expect(numbersOf((await models.predict("scale", pair(1, 2))).output)).toEqual([2, 4]);
    // The first one fails as well now, and there is no way back to the second.
    for (let count = 0; count < 40; count += 1) {
      await models.predict("scale", pair(1, 3e38)).catch(() => undefined);
    }
    expect(events.filter(({ type }) => type === "rolled-back")).toHaveLength(1);
    expect(models.status()[0]).toMatchObject({ serving: "v1", generation: 3 });
  });
}, 180_000);
