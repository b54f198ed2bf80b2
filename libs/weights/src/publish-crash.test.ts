import { expect, test } from "@jest/globals";
import { readFile } from "node:fs/promises";
import type { Driver } from "@plimsoll/storage";
import { publishWeights } from "./publish.ts";
import { readRelease } from "./read-release.ts";
import { Crash, crashingDriver, type CrashPlan } from "./testing/crashing-driver.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";
import { openTestStore } from "./testing/open-store.ts";

const old = { "a.pt": "a1", "b.pt": "b1", "c.pt": "c1" };
const fresh = { "a.pt": "a2", "b.pt": "b2", "c.pt": "c1" };

async function publish(place: Workplace, release: string, wrap?: (driver: Driver) => Driver) {
  return await publishWeights({
    from: [place.weights],
    to: [place.store],
    release,
    model: "m",
    channel: "latest",
    cache: false,
    openStore: async (url) => {
      const driver = await openTestStore(url);
      return wrap ? wrap(driver) : driver;
    },
  });
}

/** What a reader gets through `latest`: the version, after reading every file and comparing. */
async function read(place: Workplace): Promise<string> {
  const driver = await openTestStore(place.store);
  const { manifest, version } = await readRelease(driver, "m");
  const wanted: Record<string, string> = version === "v1.0.0" ? old : fresh;
  for (const name of manifest.manifest.weights.keys()) {
    const path = place.dir.join(`store/models/m/${version}/${name}`);
    expect(await readFile(path, "utf8")).toBe(wanted[name]);
  }
  await driver.close();
  return version;
}

async function prepare(place: Workplace): Promise<void> {
  await place.fill(old);
  await publish(place, "v1.0.0");
  await place.fill(fresh);
}

/** How many changes a publish makes. */
async function countChanges(): Promise<number> {
  await using place = await workplace();
  await prepare(place);
  let counted: { changes(): number } | undefined;
  await publish(place, "v2.0.0", (driver) => {
    const counting = crashingDriver(driver);
    counted = counting;
    return counting;
  });
  return counted?.changes() ?? 0;
}

test("S3: killed around any of its writes, readers see the old version or the new one, and a second run finishes", async () => {
  const total = await countChanges();
  // SHA256SUMS, three files, the manifest, metadata.json, the pointer.
  expect(total).toBe(7);
  const seen = new Map<string, string>();
  for (let at = 1; at <= total; at++) {
    for (const when of ["before", "after"] as const) {
      await using place = await workplace();
      await prepare(place);
      const plan: CrashPlan = { at, when };
      await expect(
        publish(place, "v2.0.0", (driver) => crashingDriver(driver, plan)),
      ).rejects.toThrow(Crash);
      seen.set(`${when} ${at}`, await read(place));
      const again = await publish(place, "v2.0.0");
      expect(again.stores[0]?.outcome).toBe(
        at > 5 || (at === 5 && when === "after") ? "already-published" : "published",
      );
      expect(await read(place)).toBe("v2.0.0");
    }
  }
  const changed = [...seen].filter(([, version]) => version === "v2.0.0").map(([plan]) => plan);
  expect(changed).toEqual(["after 7"]);
});

test("S1: of publishers of other bytes under one version exactly one wins, and the bytes are the winner's", async () => {
  await using place = await workplace();
  const folders = Array.from({ length: 6 }, (_, index) => place.dir.join(`train-${index}`));
  for (const [index, folder] of folders.entries()) {
    // The first files are the same for all: only later ones tell the publishers apart.
    await place.fill({ "a.pt": "same", "b.pt": `b${index}`, "c.pt": `c${index}` }, folder);
  }
  const outcomes = await Promise.allSettled(
    folders.map((folder) =>
      publishWeights({
        from: [folder],
        to: [place.store],
        release: "v1.0.0",
        model: "m",
        cache: false,
      }),
    ),
  );
  const winners = outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
  expect(winners).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "E_EXISTS" });
  }
  for (const name of ["b", "c"]) {
    const path = place.dir.join(`store/models/m/v1.0.0/${name}.pt`);
    expect(await readFile(path, "utf8")).toBe(`${name}${winners[0]}`);
  }
});

test("S1: publishers of the same bytes all succeed, with one manifest", async () => {
  await using place = await workplace();
  const folders = Array.from({ length: 6 }, (_, index) => place.dir.join(`train-${index}`));
  for (const folder of folders) await place.fill({ "a.pt": "a", "b.pt": "b" }, folder);
  const results = await Promise.all(
    folders.map((folder, index) =>
      publishWeights({
        from: [folder],
        to: [place.store],
        release: "v1.0.0",
        model: "m",
        channel: "latest",
        cache: false,
        now: () => new Date(Date.UTC(2026, 10, 21, 10, 0, index)),
      }),
    ),
  );
  expect(new Set(results.map(({ manifest }) => manifest.digest)).size).toBe(1);
  const outcomes = results.map(({ stores }) => stores[0]?.outcome);
  expect(outcomes.filter((outcome) => outcome === "published")).toHaveLength(1);
  const pointer = await readFile(place.dir.join("store/models/m/channels/latest.json"), "utf8");
  expect(JSON.parse(pointer)).toMatchObject({ sequence: 1, version: "v1.0.0" });
});
