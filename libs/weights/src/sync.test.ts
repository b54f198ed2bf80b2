import { expect, test } from "@jest/globals";
import { chmod, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { sha256 } from "@plimsoll/manifest";
import { syncWeights } from "./sync.ts";
import type { SyncEvent } from "./sync-request.ts";
import { all, expectContent, outcomes, publish, sync, weights } from "./testing/small-model.ts";
import { workplace } from "./testing/weights-folder.ts";

/** Time of change far enough in the past to be remembered. */
async function age(folder: string, names: Iterable<string>): Promise<void> {
  for (const name of names) await utimes(`${folder}/${name}`, 1e9, 1e9);
}

test("publish, sync, sync again: exact bytes, one manifest, then nothing to do", async () => {
  await using place = await workplace();
  await place.fill(weights);
  const { manifest } = await publish(place);
  const events: SyncEvent[] = [];
  const first = await sync(place, { onEvent: (event) => events.push(event) });
  expect(outcomes(first)).toEqual(all("fetched"));
  await expectContent(place.app, weights);
  expect((await readFile(`${place.app}/manifest.json`)).equals(manifest.bytes as Buffer)).toBe(
    true,
  );
  expect(first.receivedBytes).toBe(Object.values(weights).join("").length);
  expect(events.find(({ type }) => type === "plan")).toEqual({
    type: "plan",
    files: 4,
    bytes: first.receivedBytes,
    missingFiles: 4,
    missingBytes: first.receivedBytes,
  });
  const again = await sync(place);
  expect(outcomes(again)).toEqual(all("unchanged"));
  expect(again.receivedBytes).toBe(0);
  const left = await readdir(place.app, { recursive: true });
  expect(left.filter((name) => /partial|tmp|received/.test(name))).toEqual([]);
});

test("a proven folder is neither read nor asked about", async () => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  await sync(place);
  // Neither the store nor any file can be read now; only looked at.
  await rm(place.dir.join("store"), { recursive: true });
  for (const name of Object.keys(weights)) await chmod(`${place.app}/${name}`, 0o000);
  const openStore = async (): Promise<never> => {
    throw new Error("asked");
  };
  const again = await sync(place, { from: `${place.app}/manifest.json`, openStore });
  expect(outcomes(again)).toEqual(all("unchanged"));
});

test("another app of the same user gets its files from the cache", async () => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  await sync(place);
  const other = await sync(place, { dir: place.dir.join("other") });
  expect(outcomes(other)).toEqual(all("cached"));
  expect(other.receivedBytes).toBe(0);
  await expectContent(place.dir.join("other"), weights);
});

test.each([
  ["other bytes of the same size", "WEIGHTS OF THE NETWORK"],
  ["cut", "weights"],
  ["grown", "weights of the network and more"],
])("D8: a damaged file (%s) is replaced, the others stay", async (_what, damage) => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  await sync(place);
  await rm(`${place.app}/cnn.pt`);
  await writeFile(`${place.app}/cnn.pt`, damage);
  const repaired = await sync(place);
  expect(outcomes(repaired)).toEqual({ ...all("unchanged"), "cnn.pt": "cached" });
  await expectContent(place.app, weights);
});

test("D8: damage that went through to the cache is found and fetched anew", async () => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  await sync(place);
  // A hard link is the cache's own file: whoever forces a write into it damages both.
  await chmod(`${place.app}/cnn.pt`, 0o644);
  await writeFile(`${place.app}/cnn.pt`, "WEIGHTS OF THE NETWORK");
  const repaired = await sync(place);
  expect(["cached", "fetched"]).toContain(outcomes(repaired)["cnn.pt"]);
  await expectContent(place.app, weights);
});

test("a new version replaces what changed and leaves what the manifest does not name", async () => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  await sync(place);
  await place.fill({ "cnn.pt": "better weights" });
  await rm(`${place.weights}/empty.npz`);
  await place.fill({ "notes.txt": "mine" }, place.app);
  await publish(place, "v1.1.0");
  const updated = await sync(place);
  expect(outcomes(updated)).toEqual({
    "cnn.pt": "fetched",
    "deep/er/x+y@1_Z-9.onnx": "unchanged",
    "labels.json": "unchanged",
  });
  await expectContent(place.app, {
    "cnn.pt": "better weights",
    "notes.txt": "mine",
    "empty.npz": "",
  });
  expect(updated.manifest.manifest.release).toBe("v1.1.0");
  const back = await sync(place, { release: "v1.0.0" });
  expect(outcomes(back)["cnn.pt"]).toBe("cached");
  await expectContent(place.app, weights);
});

test("right bytes that nobody proved are hashed once", async () => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  await place.fill(weights, place.app);
  await age(place.app, Object.keys(weights));
  expect(outcomes(await sync(place))).toEqual(all("verified"));
  expect(outcomes(await sync(place))).toEqual(all("unchanged"));
});

test("files of the same bytes cost one transfer", async () => {
  await using place = await workplace();
  await place.fill({ "best.pt": "same", "last.pt": "same", "old.pt": "same" });
  await publish(place);
  const result = await sync(place);
  expect(result.receivedBytes).toBe(4);
  expect(Object.values(outcomes(result)).sort()).toEqual(["cached", "cached", "fetched"]);
});

test("D9: a link or a folder in a file's place is not written through", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "b.pt": "b", "sub/c.pt": "c" });
  await publish(place);
  await mkdir(place.app);
  await mkdir(place.dir.join("outside"));
  await writeFile(place.dir.join("outside/a.pt"), "mine");
  await symlink(place.dir.join("outside/a.pt"), `${place.app}/a.pt`);
  await mkdir(`${place.app}/b.pt`);
  await symlink(place.dir.join("outside"), `${place.app}/sub`);
  await expect(sync(place)).rejects.toMatchObject({
    code: "E_PATH",
    problems: [{ code: "E_PATH" }, { code: "E_PATH" }, { code: "E_PATH" }],
  });
  expect(await readdir(place.dir.join("outside"))).toEqual(["a.pt"]);
  expect(await readFile(place.dir.join("outside/a.pt"), "utf8")).toBe("mine");
});

test("M12: files that do not fit on the disk are refused before anything is fetched", async () => {
  await using place = await workplace();
  const entry = { required: true, size: 60 * 1024 ** 3, checksum: sha256(Buffer.from("x")) };
  const names = Array.from({ length: 17 }, (_, index) => `f${index}.pt`);
  const manifest = {
    version: "2.0",
    weights: Object.fromEntries(
      names.map((name) => [name, { ...entry, url: `http://127.0.0.1:9/${name}` }]),
    ),
  };
  await place.fill({ "manifest.json": JSON.stringify(manifest) });
  const from = `${place.weights}/manifest.json`;
  await expect(syncWeights({ from, dir: place.app, cache: place.cache })).rejects.toMatchObject({
    code: "E_LIMIT",
  });
});

test("M21: a manifest of another version or model than the one asked for is refused", async () => {
  await using place = await workplace();
  await place.fill(weights);
  await publish(place);
  const options = { from: `${place.weights}/manifest.json`, dir: place.app, cache: place.cache };
  for (const asked of [{ release: "v2.0.0" }, { model: "other" }]) {
    await expect(syncWeights({ ...options, ...asked })).rejects.toMatchObject({
      code: "E_MISMATCH",
    });
  }
});

test("500 files", async () => {
  await using place = await workplace();
  const many = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`part-${index}.npz`, `${index}`.repeat(100)]),
  );
  await place.fill(many);
  await publish(place);
  const result = await sync(place);
  expect(new Set(Object.values(outcomes(result)))).toEqual(new Set(["fetched"]));
  await expectContent(place.app, many);
  expect(new Set(Object.values(outcomes(await sync(place))))).toEqual(new Set(["unchanged"]));
}, 240_000);
