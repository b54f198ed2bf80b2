import { expect, test } from "@jest/globals";
import { access, cp, readFile, rm } from "node:fs/promises";
import { signEnvelope } from "@plimsoll/manifest";
import { pointerType } from "./open-pointer.ts";
import { promoteRelease } from "./promote.ts";
import { signRelease } from "./sign-release.ts";
import type { SyncOptions } from "./sync-request.ts";
import { syncWeights } from "./sync.ts";
import { openTestStore } from "./testing/open-store.ts";
import {
  days,
  file,
  forge,
  key,
  keys,
  now,
  otherKey,
  otherKeys,
  pair,
  pointerPath,
  publish,
  replace,
  sync,
} from "./testing/signed-store.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

/** The sync is refused with this code, and neither the cache nor the app's folder got anything. */
async function expectNothing(place: Workplace, code: string, options: Partial<SyncOptions> = {}) {
  await expect(sync(place, options)).rejects.toMatchObject({ code });
  expect((await place.cache.status()).blobs).toBe(0);
  await expect(access(`${place.app}/a.onnx`)).rejects.toThrow("ENOENT");
}

test("what is signed is taken, and its proof lies beside it for a run without network", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one");
  const { files, warnings } = await sync(place);
  expect(files).toMatchObject([{ outcome: "fetched" }]);
  expect(warnings).toEqual([expect.stringMatching(/first look: move 1 is taken/)]);
  expect((await sync(place)).warnings).toEqual([]);
  const local = { from: `${place.app}/manifest.json`, dir: place.app, cache: place.cache, now };
  expect((await syncWeights({ ...local, keys, offline: true })).files).toHaveLength(1);
  await expect(syncWeights({ ...local, keys: otherKeys })).rejects.toMatchObject({ code: "E_SIG" });
  // The publisher's folder has what the app commits.
  const committed = { from: `${place.weights}/manifest.json`, cache: place.cache, keys };
  expect((await syncWeights(committed)).files).toMatchObject([{ outcome: "verified" }]);
});

test("T1: a release signed by another key is E_SIG, and nothing is cached or placed", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one", { signingKeys: [otherKey] });
  await expectNothing(place, "E_SIG");
  const byVersion = { from: place.store, model: "m", release: "v1.0.0", keys, dir: place.app };
  await expect(syncWeights({ ...byVersion, cache: place.cache })).rejects.toMatchObject({
    code: "E_SIG",
  });
  expect((await place.cache.status()).blobs).toBe(0);
});

test.each([
  ["removed", async (path: string) => await rm(path)],
  ["empty", async (path: string) => await replace(path, "")],
  ["a web page", async (path: string) => await replace(path, "<html>404</html>")],
])("T2: with a key, model.sig %s is E_SIG: there is no unsigned fall-back", async (_, spoil) => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one");
  await spoil(file(place, "model.sig"));
  await expectNothing(place, "E_SIG");
});

test("T2: an unsigned channel, an unsigned version and a folder filled by hand are E_SIG with a key", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one", { signingKeys: [] });
  await expectNothing(place, "E_SIG");
  const request = { from: place.store, model: "m", dir: place.app };
  for (const release of ["v1.0.0", "by-hand"]) {
    await place.fill({ "a.onnx": "x" }, place.dir.join("store/models/m/by-hand"));
    await expect(
      syncWeights({ ...request, release, keys, cache: place.cache }),
    ).rejects.toMatchObject({ code: "E_SIG" });
  }
  expect((await place.cache.status()).blobs).toBe(0);
});

test("T3, S8: an older pointer after a newer one is E_ROLLBACK, also after a restart, and what is here stays", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one");
  const old = await readFile(pointerPath(place));
  await publish(place, "v1.1.0", "two");
  await sync(place);
  await replace(pointerPath(place), old);
  await expect(sync(place)).rejects.toMatchObject({ code: "E_ROLLBACK" });
  await rm(pointerPath(place));
  await expect(sync(place)).rejects.toMatchObject({ code: "E_ROLLBACK" });
  expect(await readFile(`${place.app}/a.onnx`, "utf8")).toBe("two");
});

test("S8: without a key an older pointer is a warning", async () => {
  await using place = await workplace();
  const plain = { signingKeys: [] };
  await publish(place, "v1.0.0", "one", plain);
  const old = await readFile(pointerPath(place));
  await publish(place, "v1.1.0", "two", plain);
  await sync(place, { keys: [] });
  await replace(pointerPath(place), old);
  const { warnings } = await sync(place, { keys: [] });
  expect(warnings.join()).toMatch(/move 1, but move 2 was seen before/);
});

test("T4: other content under a sequence that was seen is E_EQUIVOCATION; the same content signed again is not", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one");
  await sync(place);
  const envelope = JSON.parse(await readFile(pointerPath(place), "utf8")) as { payload: string };
  const payload = Buffer.from(envelope.payload, "base64");
  await replace(pointerPath(place), JSON.stringify(signEnvelope(payload, pointerType, [key])));
  await sync(place);
  await forge(place, { issued_by: "somebody else" });
  await expect(sync(place)).rejects.toMatchObject({ code: "E_EQUIVOCATION" });
});

test("T5: an expired pointer is stale: served with a warning, or E_STALE if the policy says so", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one", { expires: days(30)() });
  expect((await sync(place)).warnings.join()).not.toMatch(/stale/);
  const late = await sync(place, { now: days(40) });
  expect(late.warnings.join()).toMatch(/^stale: .*expired 2026-12-21/);
  await expect(sync(place, { now: days(40), stale: "refuse" })).rejects.toMatchObject({
    code: "E_STALE",
  });
});

test("T6: a leap to 2^53-1 is E_SEQUENCE, at the first look too", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one");
  await sync(place);
  await forge(place, { sequence: 10_002 });
  await expect(sync(place)).rejects.toMatchObject({ code: "E_SEQUENCE" });
  await forge(place, { sequence: Number.MAX_SAFE_INTEGER });
  await expect(sync(place)).rejects.toMatchObject({ code: "E_SEQUENCE" });
  const fresh = { cache: await place.newCache() };
  await expect(sync(place, fresh)).rejects.toMatchObject({ code: "E_SEQUENCE" });
});

test("T7: files, manifests and signatures of two versions do not mix", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one");
  await publish(place, "v1.1.0", "two");
  const { from, dir, cache } = { from: place.store, dir: place.app, cache: place.cache };
  const get = async (release: string): Promise<unknown> =>
    await syncWeights({ from, dir, cache, model: "m", release, keys });
  await replace(file(place, "a.onnx", "v1.1.0"), "one");
  await expect(get("v1.1.0")).rejects.toMatchObject({ code: "E_DIGEST" });
  await cp(file(place, "model.sig", "v1.0.0"), file(place, "model.sig", "v1.1.0"), { force: true });
  await expect(get("v1.1.0")).rejects.toMatchObject({ code: "E_SIG" });
  await cp(file(place, "manifest.json", "v1.0.0"), file(place, "manifest.json", "v1.1.0"), {
    force: true,
  });
  await expect(get("v1.1.0")).rejects.toMatchObject({ code: "E_MISMATCH" });
  await expect(sync(place)).rejects.toMatchObject({ code: "E_DIGEST" });
});

test("T8: one key twice does not count twice, and no key is no trust", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one", { signingKeys: [otherKey, otherKey] });
  await expectNothing(place, "E_SIG");
  const twice = [...keys, { id: "again", publicKey: pair.publicKey }];
  await expectNothing(place, "E_KEY", { keys: twice });
});

test("T12: what is not signed is not parsed: a manifest that no parser takes is E_SIG first", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one");
  await replace(file(place, "manifest.json"), "[".repeat(100_000));
  await expect(
    syncWeights({ from: place.store, model: "m", release: "v1.0.0", keys, cache: place.cache }),
  ).rejects.toMatchObject({ code: "E_SIG" });
});

test("T16: a clock that goes back does not make an expired pointer fresh, and an old key ends", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one", { expires: days(30)() });
  await sync(place);
  await publish(place, "v1.1.0", "two", { expires: days(-1)() });
  const back = await sync(place, { now: days(-730) });
  expect(back.warnings.join()).toMatch(/stale/);
  const dated = [{ id: "old", publicKey: pair.publicKey, notAfter: "2026-12-01" }];
  expect((await sync(place, { keys: dated })).files).toHaveLength(1);
  await expect(sync(place, { keys: dated, now: days(365) })).rejects.toMatchObject({
    code: "E_SIG",
  });
});

test("T16: a clock that is set back does not revive a key that has ended", async () => {
  await using place = await workplace();
  const later = { now: days(400) };
  const dated = [{ id: "old", publicKey: pair.publicKey, notAfter: "2026-12-01" }, ...otherKeys];
  await publish(place, "v1.0.0", "one", { signingKeys: [otherKey], ...later });
  await sync(place, { keys: dated, ...later });
  // Whoever has the old key signs a further move, and sets the reader's clock back to when it counted.
  await publish(place, "v1.1.0", "two", { keys: [...keys, ...otherKeys], ...later });
  await expect(sync(place, { keys: dated, now: days(-10) })).rejects.toMatchObject({
    code: "E_SIG",
  });
  // One who never saw the channel can only believe the clock.
  await using stranger = await workplace();
  const first = { from: place.store, keys: dated, now: days(-10) };
  expect((await sync(stranger, first)).files).toHaveLength(1);
});

test("T16: keys change: channels bear both signatures for a while, versions are signed with the new one", async () => {
  await using place = await workplace();
  await publish(place, "v1.0.0", "one");
  const driver = await openTestStore(place.store);
  // Readers get the new key beside the old one, then the publisher signs with the new one.
  const both = [...keys, ...otherKeys];
  await sync(place, { keys: both });
  const signingKeys = [otherKey, key];
  await signRelease({ store: driver, model: "m", release: "v1.0.0", signingKeys });
  await promoteRelease({
    store: driver,
    model: "m",
    channel: "production",
    release: "v1.0.0",
    keys: both,
    signingKeys,
    expires: days(30)(),
    now,
  });
  await driver.close();
  expect((await sync(place, { keys: both })).files).toHaveLength(1);
  expect((await sync(place, { keys: otherKeys })).files).toHaveLength(1);
});
