import { mkdir, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Driver, openStore } from "@plimsoll/storage";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { publishWeights, readRelease } from "@plimsoll/weights";
import { rehearsalModel } from "../rehearse/model.ts";
import type { ServerClient } from "../smoke/server-client.ts";
import { type Expected, expectedOf } from "../smoke/smoke-test.ts";
import { deployRelease } from "./deploy-release.ts";
import { railway, renderHook } from "./platforms.ts";

let dir: TempDir;
let store: Driver;
let expected: Expected;
beforeEach(async () => {
  dir = await tempDir();
  store = await openStore(dir.join("store"));
  for (const [release, factor] of [
    ["v1.0.0", 2],
    ["v1.1.0", 3],
  ] as const) {
    const { bytes, metadata } = rehearsalModel(factor);
    await mkdir(dir.join(release));
    await writeFile(dir.join(release, "m.onnx"), bytes);
    await writeFile(dir.join(release, "metadata.json"), JSON.stringify(metadata));
    const channel = release === "v1.0.0" ? { channel: "production" } : {};
    const to = [dir.join("store")];
    const from = [dir.join(release)];
    const made = await publishWeights({ from, to, model: "m", release, cache: false, ...channel });
    expected = expectedOf(made.manifest.manifest);
  }
});
afterEach(async () => {
  await store.close();
  await dir.remove();
});

const pointsAt = async (): Promise<string> =>
  (await readRelease(store, "m", undefined, { channel: "production" })).version;

interface Replica extends ServerClient {
  /** What it was told, in order. */
  readonly told: readonly string[];
}

/** A replica that serves what it was told last, except for what is given. */
function replica(
  url: string,
  broken: { readonly reloads?: string; readonly answers?: string; readonly returns?: boolean } = {},
): Replica {
  let serving = "v1.0.0";
  const told: string[] = [];
  return {
    url,
    told,
    ready: () => Promise.resolve(true),
    memoryBytes: () => Promise.resolve(0),
    predict: (_, input) => {
      const { golden } = expected;
      if (broken.answers === serving) return Promise.reject(new Error("500"));
      const [digest = ""] = expected.digests;
      const output = golden?.cases.find((each) => each.input === input)?.output;
      return output === undefined
        ? Promise.reject(new Error("no such input"))
        : Promise.resolve({ version: serving, digest, output, milliseconds: 1 });
    },
    model: () => {
      const [own] = expected.digests;
      const digest = serving === "v1.1.0" ? own : "of v1.0.0";
      return Promise.resolve({
        digest,
        serving: [serving],
        channels: {},
        requests: 0,
        errorRate: 0,
      });
    },
    json: (_, path, body = {}) => {
      const { version = "", weights } = body as { version?: string; weights?: object };
      told.push(path.endsWith("traffic") ? `traffic ${JSON.stringify(weights)}` : version);
      if (path.endsWith("traffic")) return Promise.resolve({});
      const isLost = version === "v1.0.0" && broken.returns === false;
      if (broken.reloads === version || isLost) return Promise.reject(new Error("out of order"));
      serving = version;
      return Promise.resolve({ success: true });
    },
  };
}

const options = {
  channel: "production",
  watchMs: 0,
  canaryMs: 0,
  waitMs: 0,
  sleep: () => Promise.resolve(),
};
const deploy = async (servers: readonly Replica[], more: { readonly canary?: number } = {}) =>
  await deployRelease({ store, servers, platforms: [] }, expected, { ...options, ...more });

test("the channel moves, every replica is told and serves the released bytes", async () => {
  const servers = [replica("a"), replica("b")];
  expect(await deploy(servers)).toEqual({
    outcome: "deployed",
    version: "v1.1.0",
    previous: "v1.0.0",
  });
  expect(servers.map(({ told }) => told)).toEqual([["v1.1.0"], ["v1.1.0"]]);
  expect(await pointsAt()).toBe("v1.1.0");
  // A run that is repeated ends the same way.
  expect(await deploy(servers)).toMatchObject({ outcome: "deployed", previous: "v1.1.0" });
});

test("a replica that cannot load it takes channel and replicas back", async () => {
  const servers = [replica("a"), replica("b", { reloads: "v1.1.0" })];
  const ended = await deploy(servers);
  expect(ended).toMatchObject({ outcome: "rolled-back", version: "v1.0.0" });
  expect(ended.reason).toContain("out of order");
  expect(servers[0]?.told).toEqual(["v1.1.0", "v1.0.0"]);
  expect(await pointsAt()).toBe("v1.0.0");
});

test("a version that answers wrongly while it is watched is taken back", async () => {
  const ended = await deploy([replica("a", { answers: "v1.1.0" })]);
  expect(ended).toMatchObject({
    outcome: "rolled-back",
    reason: "a: 1 of 1 predictions failed: 500",
  });
  expect(await pointsAt()).toBe("v1.0.0");
});

test("a replica that does not come back is named, and the channel is back all the same", async () => {
  const ended = await deploy([replica("a", { answers: "v1.1.0", returns: false })]);
  expect(ended.outcome).toBe("failed");
  expect(ended.reason).toContain("the channel is back at v1.0.0, but out of order");
  expect(await pointsAt()).toBe("v1.0.0");
});

test("a canary that fails never moves the channel, and its share of the traffic is given back", async () => {
  const first = replica("a", { answers: "v1.0.0" });
  expect(await deploy([first, replica("b")], { canary: 10 })).toMatchObject({
    outcome: "rolled-back",
    reason: expect.stringContaining("the canary failed"),
  });
  expect(first.told).toEqual(['traffic {"v1.1.0":10,"v1.0.0":90}', "traffic {}"]);
  expect(await pointsAt()).toBe("v1.0.0");
});

test("a host that refuses its deployment takes the channel back; its secret URL is in no message", async () => {
  const asked: string[] = [];
  const host = (status: number): typeof fetch =>
    ((url: string) => {
      asked.push(url);
      return Promise.resolve(new Response("{}", { status }));
    }) as typeof fetch;
  const secret = "https://api.render.com/deploy/srv-1?key=secret";
  const platforms = [renderHook(secret, { fetch: host(500) })];
  const ended = await deployRelease({ store, servers: [], platforms }, expected, options);
  expect(ended.outcome).toBe("failed");
  expect(ended.reason).toContain("the deploy hook answered 500");
  expect(JSON.stringify(ended)).not.toContain("secret");
  expect(await pointsAt()).toBe("v1.0.0");
  expect(asked).toEqual([secret, secret]);

  const target = { token: "t", service: "s", environment: "e" };
  const fine = [renderHook(secret, { fetch: host(200) }), railway(target, { fetch: host(200) })];
  expect(
    await deployRelease({ store, servers: [], platforms: fine }, expected, options),
  ).toMatchObject({ outcome: "deployed" });
});
