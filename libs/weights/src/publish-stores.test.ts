import { expect, test } from "@jest/globals";
import { readFile, writeFile } from "node:fs/promises";
import type { Driver } from "@plimsoll/storage";
import { finishRelease } from "./finish-release.ts";
import { publishWeights } from "./publish.ts";
import type { PublishEvent, PublishOptions } from "./publish-request.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";
import { openTestStore } from "./testing/open-store.ts";

/** A store that refuses to write keys that match. */
function refusing(driver: Driver, keys: RegExp): Driver {
  return {
    kind: driver.kind,
    url: driver.url,
    stat: (...args) => driver.stat(...args),
    read: (...args) => driver.read(...args),
    list: (...args) => driver.list(...args),
    remove: (...args) => driver.remove(...args),
    locate: (...args) => driver.locate(...args),
    close: () => driver.close(),
    async write(key, ...rest) {
      if (keys.test(key)) {
        const { StorageError } = await import("@plimsoll/storage");
        throw new StorageError("E_NETWORK", `${key}: connection refused`);
      }
      return await driver.write(key, ...rest);
    },
  };
}

const publish = async (place: Workplace, options: Partial<PublishOptions> = {}) =>
  await publishWeights({
    from: [place.weights],
    to: [place.store, place.newStore("second")],
    release: "v1.0.0",
    model: "m",
    cache: false,
    ...options,
  });

const manifestIn = async (place: Workplace, store: string) =>
  await readFile(place.dir.join(store, "models/m/v1.0.0/manifest.json"));

test("several stores get the same manifest, which names the first as url and the others as mirrors", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a" });
  const { manifest, stores } = await publish(place);
  expect(stores.map(({ outcome }) => outcome)).toEqual(["published", "published"]);
  expect(manifest.manifest.weights.get("a.pt")).toMatchObject({
    url: `${place.store}/models/m/v1.0.0/a.pt`,
    mirrors: [`${place.newStore("second")}/models/m/v1.0.0/a.pt`],
  });
  expect((await manifestIn(place, "store")).equals(await manifestIn(place, "second"))).toBe(true);
});

test.each([["SHA256SUMS"], ["a.pt"], ["manifest.json"]])(
  "a store that fails at %s is reported, the other finishes, a second run completes it with the same manifest",
  async (key) => {
    await using place = await workplace();
    await place.fill({ "a.pt": "a" });
    const events: PublishEvent[] = [];
    const first = await publish(place, {
      onEvent: (event) => events.push(event),
      openStore: async (url) => {
        const driver = await openTestStore(url);
        return url === place.store ? driver : refusing(driver, new RegExp(`${key}$`));
      },
    });
    expect(first.stores).toMatchObject([
      { outcome: "published" },
      { outcome: "failed", error: { code: "E_NETWORK" } },
    ]);
    expect(events).toContainEqual(expect.objectContaining({ type: "store-failed" }));
    await expect(manifestIn(place, "second")).rejects.toThrow();
    const second = await publish(place, { now: () => new Date("2030-01-01") });
    expect(second.stores).toMatchObject([
      { outcome: "already-published" },
      { outcome: "published" },
    ]);
    expect((await manifestIn(place, "store")).equals(await manifestIn(place, "second"))).toBe(true);
    expect(second.manifest.digest).toBe(first.manifest.digest);
  },
);

test("when every store fails, the publish does, with a line for each", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a" });
  const openStoreAt = async (url: string) => refusing(await openTestStore(url), /a\.pt$/);
  await expect(publish(place, { openStore: openStoreAt })).rejects.toMatchObject({
    code: "E_NETWORK",
    problems: [{ name: place.store }, { name: place.newStore("second") }],
  });
  await expect(publish(place, { openStore: openStoreAt, to: [place.store] })).rejects.toMatchObject(
    { name: "StorageError", code: "E_NETWORK" },
  );
});

test("a version with other bytes in one store stops the publish to all", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a" });
  await publish(place, { to: [place.newStore("second")] });
  await place.fill({ "a.pt": "b" });
  await expect(publish(place)).rejects.toMatchObject({ code: "E_EXISTS" });
  await expect(manifestIn(place, "store")).rejects.toThrow();
});

test("held is uploaded and invisible; finishing needs no weights, only the manifest", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "b.pt": "b" });
  const held = await publish(place, { hold: true, channel: "staging" });
  expect(held.stores.map(({ outcome }) => outcome)).toEqual(["held", "held"]);
  expect(held.manifestPath).toBe(`${place.weights}/manifest.json`);
  await expect(manifestIn(place, "store")).rejects.toThrow();
  const finished = await finishRelease({
    manifestPath: `${place.weights}/manifest.json`,
    release: "v1.0.0",
    to: [place.store, place.newStore("second")],
    channel: "staging",
  });
  expect(finished.stores.map(({ outcome }) => outcome)).toEqual(["published", "published"]);
  expect((await manifestIn(place, "store")).equals(held.manifest.bytes as Buffer)).toBe(true);
  const pointer = await readFile(place.dir.join("second/models/m/channels/staging.json"), "utf8");
  expect(JSON.parse(pointer)).toMatchObject({ version: "v1.0.0" });
});

test("finishing refuses what is not complete, was changed, or is another version", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "b.pt": "b" });
  const to = [place.store];
  await publish(place, { hold: true, to });
  const finish = async (release: string) =>
    await finishRelease({ manifestPath: `${place.weights}/manifest.json`, release, to });
  await expect(finish("v2.0.0")).rejects.toMatchObject({ code: "E_MISMATCH" });
  await writeFile(place.dir.join("store/models/m/v1.0.0/b.pt"), "B");
  await expect(finish("v1.0.0")).rejects.toMatchObject({ code: "E_DIGEST" });
  await expect(
    finishRelease({
      manifestPath: `${place.weights}/manifest.json`,
      release: "v1.0.0",
      to: [place.newStore("empty")],
    }),
  ).rejects.toMatchObject({ code: "E_NOT_FOUND" });
});

test("a host's limits are told before anything is uploaded", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "aaaa", "b.pt": "b" });
  const openLimited = async (url: string): Promise<Driver> => {
    const driver = await openTestStore(url);
    return { ...refusing(driver, /never/), limits: { maxObjectBytes: 3, maxObjectsPerVersion: 3 } };
  };
  await expect(publish(place, { openStore: openLimited, to: [place.store] })).rejects.toMatchObject(
    {
      code: "E_LIMIT",
      message: expect.stringMatching(/a\.pt: 4 bytes.*; 4 files/),
    },
  );
  const { stores } = await publish(place, {
    openStore: openLimited,
    to: [place.store],
    dryRun: true,
  });
  expect(stores[0]?.plan?.hits.map(({ limit }) => limit)).toEqual([
    "maxObjectBytes",
    "maxObjectsPerVersion",
  ]);
});

test("S9: a host that keeps other bytes than it was given is found out", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "aaaa" });
  const openBad = async (url: string): Promise<Driver> => {
    const driver = await openTestStore(url);
    return {
      ...refusing(driver, /never/),
      async write(key, source) {
        const { bytesSource } = await import("@plimsoll/storage");
        const bad = key.endsWith("a.pt") ? bytesSource(Buffer.from("bbbb"), key) : source;
        return await driver.write(key, bad, { onlyIfAbsent: true });
      },
    };
  };
  await expect(publish(place, { openStore: openBad, to: [place.store] })).rejects.toMatchObject({
    code: "E_DIGEST",
    message: expect.stringContaining("a.pt: "),
  });
  await expect(manifestIn(place, "store")).rejects.toThrow();
});

test("a release host: files, then its own URLs, then the manifest, then its switch", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a" });
  const calls: string[] = [];
  const openHost = async (url: string): Promise<Driver> => {
    const driver = refusing(await openTestStore(url), /never/);
    return {
      ...driver,
      async write(key, ...rest) {
        calls.push(`write ${key.slice(key.lastIndexOf("/") + 1)}`);
        return await driver.write(key, ...rest);
      },
      release: {
        async locate(_prefix, names) {
          calls.push("locate");
          return new Map(names.map((name) => [name, `https://host.example/tag/renamed.${name}`]));
        },
        async publish(prefix) {
          calls.push(`publish ${prefix}`);
        },
      },
    };
  };
  const options = { openStore: openHost, to: [place.store] };
  const { manifest } = await publish(place, options);
  expect(calls).toEqual([
    "write SHA256SUMS",
    "write a.pt",
    "locate",
    "write manifest.json",
    "publish models/m/v1.0.0/",
  ]);
  expect(manifest.manifest.weights.get("a.pt")?.url).toBe("https://host.example/tag/renamed.a.pt");
  // A crash before the switch is made good by the next run.
  await publish(place, options);
  expect(calls.slice(5)).toEqual(["publish models/m/v1.0.0/"]);
});

test("a release host that cannot tell its URLs is left out of the manifest, with a warning", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a" });
  const events: PublishEvent[] = [];
  const { manifest } = await publish(place, {
    onEvent: (event) => events.push(event),
    openStore: async (url) => {
      const driver = await openTestStore(url);
      if (url === place.store) return driver;
      const { StorageError } = await import("@plimsoll/storage");
      return {
        ...refusing(driver, /never/),
        release: {
          locate: () => Promise.reject(new StorageError("E_NOT_FOUND", "no draft")),
          publish: () => Promise.resolve(),
        },
      };
    },
  });
  expect(manifest.manifest.weights.get("a.pt")?.mirrors).toBeUndefined();
  expect(events).toContainEqual({
    type: "warning",
    message: expect.stringContaining("cannot tell its URLs"),
  });
});
