import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Driver } from "@plimsoll/storage";
import { listVersions } from "./list-versions.ts";
import { pruneVersions } from "./prune.ts";
import { publishWeights } from "./publish.ts";
import { openTestStore } from "./testing/open-store.ts";
import { Crash, crashingDriver } from "./testing/crashing-driver.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

let place: Workplace;
let driver: Driver;
beforeEach(async () => {
  place = await workplace();
  await place.fill({ "a.npz": "some bytes", "b.npz": "more" });
  for (const [release, channel] of [
    ["v1.0.0", "production"],
    ["v1.2.0", "staging"],
    ["v1.10.0", "staging"],
    ["v2.0.0", undefined],
  ] as const) {
    await publishWeights({
      from: [place.weights],
      to: [place.store],
      release,
      model: "m",
      ...(channel && { channel }),
      cache: false,
    });
  }
  driver = await openTestStore(place.store);
});
afterEach(async () => {
  await driver.close();
  await place[Symbol.asyncDispose]();
});

const states = async () =>
  (await listVersions(driver, "m")).map(({ version, state }) => `${version} ${state}`);
const nextYear = () => new Date(Date.now() + 365 * 86_400_000);

test("keeps the newest by semver and what a channel names now; removes only when told", async () => {
  const seen = await pruneVersions(driver, "m", { keep: 1 });
  expect(
    seen.map(({ version, fate, reason, channels }) => [version, fate, reason, channels]),
  ).toEqual([
    ["v2.0.0", "kept", "newest", []],
    ["v1.10.0", "kept", "channel", ["staging"]],
    ["v1.2.0", "to be removed", "old", []],
    ["v1.0.0", "kept", "channel", ["production"]],
  ]);
  // Two weight files, SHA256SUMS and the manifest.
  expect(seen[2]).toMatchObject({ objects: 4 });
  expect(seen[2]?.bytes).toBeGreaterThan(14);
  expect(await states()).toHaveLength(4);
  const removed = await pruneVersions(driver, "m", { keep: 1, remove: true });
  expect(removed[2]).toMatchObject({ version: "v1.2.0", fate: "removed" });
  expect(await states()).toEqual(["v2.0.0 published", "v1.10.0 published", "v1.0.0 published"]);
  const again = await pruneVersions(driver, "m", { keep: 1, remove: true });
  expect(again.every(({ fate }) => fate === "kept")).toBe(true);
});

test("S3: a prune that ends at any change leaves each version whole or invisible, and the next finishes", async () => {
  for (let at = 1; at <= 4; at++) {
    await publishWeights({
      from: [place.weights],
      to: [place.store],
      release: "v1.2.0",
      model: "m",
      cache: false,
    });
    for (const when of ["before", "after"] as const) {
      const dying = crashingDriver(driver, { at, when });
      await pruneVersions(dying, "m", { keep: 1, remove: true, now: nextYear }).catch((error) => {
        if (!(error instanceof Crash)) throw error;
      });
      const state = (await states()).find((text) => text.startsWith("v1.2.0"));
      if (state === "v1.2.0 published") {
        expect(await driver.stat("models/m/v1.2.0/a.npz")).toBeDefined();
        expect(await driver.stat("models/m/v1.2.0/b.npz")).toBeDefined();
      }
    }
    await pruneVersions(driver, "m", { keep: 1, remove: true, now: nextYear });
    expect((await states()).filter((text) => text.startsWith("v1.2.0"))).toEqual([]);
  }
});

test("a publish that may be under way, and what was put there by hand, stay", async () => {
  const { bytesSource } = await import("@plimsoll/storage");
  const put = (key: string) => driver.write(key, bytesSource(Buffer.from("x"), key));
  await put("models/m/v0.1.0/SHA256SUMS");
  await put("models/m/v0.2.0/hand.npz");
  await put("models/m/v3.0.0/SHA256SUMS");
  await put("models/m/latest/a.npz");
  const fates = async (now?: () => Date) =>
    (await pruneVersions(driver, "m", { keep: 4, ...(now && { now }) }))
      .filter(({ reason }) => reason !== "newest")
      .map(({ version, fate, reason }) => [version, fate, reason]);
  expect(await fates()).toEqual([
    ["v3.0.0", "kept", "unfinished"],
    ["v0.2.0", "kept", "unpinned"],
    ["v0.1.0", "kept", "unfinished"],
    ["latest", "kept", "unpinned"],
  ]);
  expect(await fates(nextYear)).toContainEqual(["v0.1.0", "to be removed", "old"]);
  expect(await fates(nextYear)).toContainEqual(["v3.0.0", "kept", "unfinished"]);
});

test("a channel that moves to a version meanwhile keeps it", async () => {
  const { movePointer } = await import("./move-pointer.ts");
  const { readRelease } = await import("./read-release.ts");
  const { manifest } = await readRelease(driver, "m", "v1.2.0");
  let lists = 0;
  const racing: Driver = {
    ...driver,
    async *list(prefix, options) {
      if (prefix === "models/m/channels/" && ++lists === 2) {
        await movePointer(driver, {
          model: "m",
          channel: "production",
          version: "v1.2.0",
          manifest: { checksum: manifest.digest, size: manifest.bytes.length },
          issuedAt: new Date(),
        });
      }
      yield* driver.list(prefix, options);
    },
  };
  const result = await pruneVersions(racing, "m", { keep: 1, remove: true });
  expect(result.find(({ version }) => version === "v1.2.0")).toMatchObject({
    fate: "kept",
    channels: ["production"],
  });
  expect(await driver.stat("models/m/v1.2.0/a.npz")).toBeDefined();
});

test("nothing below one version, and nothing in a store that can only be read", async () => {
  await expect(pruneVersions(driver, "m", { keep: 0 })).rejects.toMatchObject({ code: "E_USAGE" });
  const web = await openTestStore("https://cdn.example.com/weights");
  await expect(pruneVersions(web, "m", { keep: 5 })).rejects.toMatchObject({
    code: "E_AUTH",
    message: expect.stringMatching(/can only be read/),
  });
  await web.close();
});
