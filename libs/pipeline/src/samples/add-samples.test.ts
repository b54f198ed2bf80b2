import { mkdir, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { bytesSource, openStore } from "@plimsoll/storage";
import { tempDir } from "@plimsoll/testing";
import { addSamples } from "./add-samples.ts";
import { approveSamples } from "./approve-samples.ts";
import { csvCell } from "./csv-cell.ts";
import { listOriginals } from "./list-originals.ts";
import { openSamples } from "./open-samples.ts";
import { folderSamples, storeSamples } from "./sample-source.ts";
import { tone } from "../testing/sounds.ts";

test("a folder per class: what cannot be used is refused by name and stops no other; a second call adds nothing", async () => {
  await using dir = await tempDir();
  const store = await openStore(dir.join("store"));
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(dir.join("in", ...path.split("/").slice(0, -1)), { recursive: true });
    await writeFile(dir.join("in", path), bytes);
  };
  await put("engine/a b=1.wav", tone(300, 1, 0.1));
  await put("engine/copy.wav", tone(300, 1, 0.1));
  await put("gun shot/deep/er.wav", tone(700, 2, 0.1));
  await put("gun shot/other.wav", tone(300, 1, 0.1));
  await put("engine/model.npz", Buffer.from("PK\x03\x04arr_0.npy"));
  await put("engine/photo.png", Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  await put("-bad-/x.wav", tone(500, 1, 0.1));
  await put("loose.wav", tone(600, 1, 0.1));
  await put(".hidden/x.wav", tone(600, 2, 0.1));
  const add = () =>
    addSamples({
      store,
      model: "sounds",
      from: folderSamples(dir.join("in")),
      source: "in",
      kind: "audio",
      concurrency: 1,
    });
  const first = await add();
  expect(first).toMatchObject({ added: 2, duplicates: 1, classes: { engine: 2, gun_shot: 1 } });
  expect(first.refused.map(({ path, code }) => `${code} ${path}`)).toEqual([
    "E_CLASS -bad-/x.wav",
    "E_MEDIA engine/model.npz",
    "E_MEDIA engine/photo.png",
    "E_CLASS gun shot/other.wav",
    "E_CLASS loose.wav",
  ]);
  expect(await add()).toMatchObject({ added: 0, duplicates: 3 });
  expect(await listOriginals(store, "sounds")).toHaveLength(2);
  await expect(
    addSamples({ store, model: "a", from: folderSamples(dir.join("none")), source: "" }),
  ).rejects.toMatchObject({ code: "E_NOT_FOUND" });
});

test("the prefix that an older project filled is taken as it is", async () => {
  await using dir = await tempDir();
  const store = await openStore(dir.join("store"));
  for (const [index, label] of ["gun_shot", "engine"].entries()) {
    const key = `extracted_audio/${label}/20251123_165432_shot.wav`;
    await store.write(key, bytesSource(tone(400 + index * 90, 0, 0.1), key));
  }
  const from = storeSamples(store, "extracted_audio");
  const result = await addSamples({ store, model: "sounds", from, source: "s3://old" });
  expect(result).toMatchObject({ added: 2, refused: [], classes: { engine: 1, gun_shot: 1 } });
});

test("V18: what waits in quarantine is learned from only after a person approved it", async () => {
  await using dir = await tempDir();
  const store = await openStore(dir.join("store"));
  const samples = openSamples({
    store,
    spoolDir: dir.join("spool"),
    rules: () => ({ newClasses: true, approval: true }),
    retryMs: 0,
  });
  for (const label of ["engine", "siren"]) {
    const bytes = tone(label.length * 100, 0, 0.1);
    const added = await samples.add({ model: "sounds", class: label, bytes });
    expect(added).toMatchObject({ state: "stored", quarantine: "every sample is looked at" });
  }
  expect(await listOriginals(store, "sounds")).toEqual([]);
  expect(await approveSamples(store, "sounds", { class: "engine" })).toBe(1);
  expect((await listOriginals(store, "sounds")).map((each) => each.class)).toEqual(["engine"]);
  expect(await approveSamples(store, "sounds", { reject: true })).toBe(1);
  expect(await listOriginals(store, "sounds", { quarantine: true })).toEqual([]);
  await samples.close();
});

test.each([
  ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
  ["+1", "'+1"],
  ["@x", "'@x"],
  ["-a", "'-a"],
  ["\tx", "'\tx"],
  ['a"b,c', '"a""b,c"'],
  ["plain", "plain"],
  [5, "5"],
])("V18: %j is no formula in a CSV file", (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});
