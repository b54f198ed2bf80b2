import { describe, expect, test } from "@jest/globals";
import { readFile } from "node:fs/promises";
import type { Driver } from "@plimsoll/storage";
import { channelHistory } from "./history.ts";
import { promoteRelease, type PromoteOptions } from "./promote.ts";
import { publishWeights } from "./publish.ts";
import { readPointer } from "./read-pointer.ts";
import { readRelease } from "./read-release.ts";
import { rollbackChannel } from "./rollback.ts";
import { recordSmokeTest } from "./smoke-record.ts";
import { openTestStore } from "./testing/open-store.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";
import { yankRelease } from "./yank.ts";

const now = () => new Date("2026-11-21T10:00:00Z");

/** Publishes a version with these metadata. */
async function publish(place: Workplace, release: string, metadata = {}): Promise<void> {
  await place.fill({ "a.onnx": release });
  const from = [place.weights];
  const request = {
    from,
    to: [place.store],
    release,
    model: "m",
    manifestPath: false,
    now,
  } as const;
  await publishWeights({ ...request, metadata, cache: false });
}

/** The store as a host without a conditional write. */
function withoutSwap(driver: Driver): Driver {
  return {
    stat: (...args) => driver.stat(...args),
    read: (...args) => driver.read(...args),
    write: (...args) => driver.write(...args),
    list: (...args) => driver.list(...args),
    locate: (...args) => driver.locate(...args),
    remove: (...args) => driver.remove(...args),
    close: () => driver.close(),
    kind: driver.kind,
    url: driver.url,
  };
}

async function promoter(place: Workplace, wrap = (driver: Driver) => driver) {
  const store = wrap(await openTestStore(place.store));
  const promote = async (release: string, options: Partial<PromoteOptions> = {}) =>
    await promoteRelease({ store, model: "m", channel: "production", release, now, ...options });
  return { store, promote, [Symbol.asyncDispose]: () => store.close() };
}

describe.each([
  ["with a conditional write", (driver: Driver) => driver],
  ["without one", withoutSwap],
])("on a store %s", (_name, wrap) => {
  const versions = Array.from({ length: 16 }, (_, index) => `v1.${index}.0`);

  test("S7: of 16 promoters at once nobody's move is lost", async () => {
    await using place = await workplace();
    for (const version of versions) await publish(place, version);
    await using at = await promoter(place, wrap);
    const moves = await Promise.all(
      versions.map(async (version) => await at.promote(version, { issuedBy: version })),
    );
    expect(moves.map(({ pointer }) => pointer.sequence).sort((a, b) => a - b)).toEqual(
      versions.map((_, index) => index + 1),
    );
    const history = await channelHistory(at.store, "m", { channel: "production" });
    expect(history.map(({ version }) => version).sort()).toEqual([...versions].sort());
    for (const { version, issued_by } of history) expect(issued_by).toBe(version);
  });

  test("S7: of 16 promoters that expect the same version one wins, the others are E_GATE", async () => {
    await using place = await workplace();
    for (const version of versions) await publish(place, version);
    await using at = await promoter(place, wrap);
    const outcomes = await Promise.allSettled(
      versions.map(async (version) => await at.promote(version, { expect: "none" })),
    );
    const won = outcomes.flatMap((outcome) =>
      outcome.status === "fulfilled" ? [outcome.value] : [],
    );
    expect(won).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "E_GATE" });
    }
    const stored = await readPointer(at.store, "m", "production");
    expect(stored?.pointer).toEqual(won[0]?.pointer);
  });
});

test("gates on metrics: the version's own, and compared with what a channel names", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", { accuracy: 0.9, metrics: { f1: 0.8, loss: 0.3 } });
  await publish(place, "v1.1.0", { accuracy: 0.85, metrics: { f1: 0.8, loss: 0.2 } });
  await using at = await promoter(place);
  const gate = async (options: Partial<PromoteOptions>) =>
    await expect(at.promote("v1.1.0", options)).rejects.toMatchObject({ code: "E_GATE" });
  await at.promote("v1.0.0", { notWorseThan: ["production:accuracy"] });
  await gate({ require: ["accuracy>=0.9"] });
  await gate({ require: ["accuracy>=0.8", "metrics.f1>0.8"] });
  await gate({ require: ["f1<0.8"] });
  await gate({ require: ["recall>=0"] });
  await gate({ notWorseThan: ["production:accuracy"] });
  await gate({ notWorseThan: ["production:recall"] });
  await gate({ notWorseThan: ["production:loss:higher"] });
  await gate({ expect: "v1.1.0" });
  await gate({ requireSmoke: true });
  for (const require of ["accuracy", "accuracy>=", "accuracy=>1", ">=1", "a>=b", ""]) {
    await expect(at.promote("v1.1.0", { require: [require] })).rejects.toMatchObject({
      code: "E_USAGE",
    });
  }
  await expect(at.promote("v1.1.0", { requireSignature: true })).rejects.toMatchObject({
    code: "E_USAGE",
  });
  await expect(at.promote("v9.0.0")).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  expect((await readPointer(at.store, "m", "production"))?.pointer.version).toBe("v1.0.0");
  const { moved, previous, pointer } = await at.promote("v1.1.0", {
    require: ["accuracy==0.85", "f1<=0.8", "metrics.loss<0.3"],
    notWorseThan: ["production:f1", "production:loss"],
    expect: "v1.0.0",
  });
  expect([moved, previous, pointer.sequence]).toEqual([true, "v1.0.0", 2]);
  expect(await at.promote("v1.1.0")).toMatchObject({ moved: false, pointer: { sequence: 2 } });
});

test("the smoke gate: the record in the store counts, for these very bytes, else the published one", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0");
  await publish(place, "v1.1.0", { smoke: { passed: true } });
  await using at = await promoter(place);
  const record = async (version: string, passed: boolean, manifest?: string): Promise<void> => {
    const { digest } = (await readRelease(at.store, "m", version)).manifest;
    const tested_at = now().toISOString();
    await recordSmokeTest(at.store, {
      ...{ model: "m", version, passed, tested_at, note: "503 from /predict" },
      manifest: manifest ?? digest,
    });
  };
  const smoke = { requireSmoke: true };
  await at.promote("v1.1.0", smoke);
  await record("v1.1.0", false);
  await expect(at.promote("v1.1.0", { ...smoke, channel: "staging" })).rejects.toMatchObject({
    code: "E_GATE",
    message: expect.stringContaining("503 from /predict"),
  });
  await record("v1.0.0", true, "0".repeat(64));
  await expect(at.promote("v1.0.0", smoke)).rejects.toMatchObject({ code: "E_GATE" });
  await record("v1.0.0", true);
  await at.promote("v1.0.0", smoke);
});

test("rollback is a higher sequence that names the older version, past withdrawn ones", async () => {
  await using place = await workplace();
  await using at = await promoter(place);
  for (const version of ["v1.0.0", "v1.1.0", "v1.2.0"]) {
    await publish(place, version);
    await at.promote(version);
  }
  const request = { store: at.store, model: "m", channel: "production", now };
  await yankRelease({ ...request, release: "v1.1.0", reason: "bad labels" });
  const back = await rollbackChannel(request);
  expect([back.previous, back.pointer.version]).toEqual(["v1.2.0", "v1.0.0"]);
  expect(back.pointer.sequence).toBe(5);
  expect((await rollbackChannel(request)).pointer.version).toBe("v1.2.0");
  expect((await rollbackChannel({ ...request, release: "v1.0.0" })).pointer.version).toBe("v1.0.0");
  await expect(rollbackChannel({ ...request, release: "v1.1.0" })).rejects.toMatchObject({
    code: "E_NOT_FOUND",
  });
  await expect(rollbackChannel({ ...request, channel: "none" })).rejects.toMatchObject({
    code: "E_NOT_FOUND",
  });
});

test("metadata.json follows latest, forwards and back", async () => {
  await using place = await workplace();
  await using at = await promoter(place);
  const described = async (): Promise<unknown> => {
    const text = await readFile(place.dir.join("store/models/m/metadata.json"), "utf8");
    return (JSON.parse(text) as { version: unknown }).version;
  };
  for (const version of ["v1.0.0", "v1.1.0"]) {
    await publish(place, version);
    await at.promote(version, { channel: "latest" });
    expect(await described()).toBe(version);
  }
  await at.promote("v1.0.0");
  expect(await described()).toBe("v1.1.0");
  await rollbackChannel({ store: at.store, model: "m", channel: "latest" });
  expect(await described()).toBe("v1.0.0");
});

test("yank: readers refuse the version with the reason, whether or not a channel names it; show it on request", async () => {
  await using place = await workplace();
  await using at = await promoter(place);
  await publish(place, "v1.0.0");
  await publish(place, "v1.1.0");
  await at.promote("v1.1.0");
  const request = { store: at.store, model: "m", release: "v1.1.0" };
  const first = await yankRelease({ ...request, reason: "bad labels", issuedBy: "ann" });
  expect(first).toMatchObject({ isNew: true, revokedBy: ["production"], namedBy: ["production"] });
  const again = await yankRelease({ ...request, reason: "other" });
  expect(again).toMatchObject({ isNew: false, note: { reason: "bad labels", yanked_by: "ann" } });
  for (const options of [{ channel: "production" }, {}]) {
    const version = options.channel === undefined ? "v1.1.0" : undefined;
    await expect(readRelease(at.store, "m", version, options)).rejects.toMatchObject({
      code: "E_YANKED",
    });
  }
  expect((await readRelease(at.store, "m")).version).toBe("v1.0.0");
  expect((await readRelease(at.store, "m", "v1.1.0", { allowYanked: true })).pinned).toBe(true);
  await expect(at.promote("v1.1.0", { channel: "staging" })).rejects.toMatchObject({
    code: "E_GATE",
    message: expect.stringContaining("bad labels"),
  });
  await expect(yankRelease({ ...request, reason: " " })).rejects.toMatchObject({ code: "E_USAGE" });
});
