import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { appendFile, readFile, stat, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { Journal, readJournal, removeJournal } from "./journal.ts";

const sha256 = "ab".repeat(32);
const wanted = { sha256, size: 1000 };
const source = { piece: 0, url: "fingerprint", validator: '"etag"' };

async function written(path: string): Promise<void> {
  const journal = await Journal.create(path, sha256, 1000);
  await journal.source(source);
  await journal.done([{ start: 0, end: 100 }]);
  await journal.done([
    { start: 100, end: 200 },
    { start: 500, end: 600 },
  ]);
  await journal.clear(50, 60);
  await journal.close();
}

test("what was noted is read in another run, which goes on after it", async () => {
  await using dir = await tempDir();
  const path = dir.join("journal");
  await written(path);
  const state = await readJournal(path, wanted, 1000);
  const done = [
    { start: 0, end: 50 },
    { start: 60, end: 200 },
    { start: 500, end: 600 },
  ];
  expect(state?.done.toArray()).toEqual(done);
  expect([state?.size, state?.sources]).toEqual([1000, [source]]);
  if (state === undefined) return;
  const journal = await Journal.continue(path, state);
  await journal.done([{ start: 600, end: 1000 }]);
  await journal.close();
  const again = await readJournal(path, { sha256, size: undefined }, 1000);
  expect(again?.done.toArray()).toEqual([...done.slice(0, 2), { start: 500, end: 1000 }]);
});

test("a line torn by a crash is left out and written over", async () => {
  await using dir = await tempDir();
  const path = dir.join("journal");
  await written(path);
  const { size } = await stat(path);
  await appendFile(path, '{"done":[[200,30');
  const state = await readJournal(path, wanted, 1000);
  expect([state?.done.bytes, state?.length]).toEqual([290, size]);
  if (state === undefined) return;
  await (await Journal.continue(path, state)).close();
  expect((await stat(path)).size).toBe(size);
});

test("a journal of other bytes, a damaged one or one that claims too much means to begin anew", async () => {
  await using dir = await tempDir();
  const path = dir.join("journal");
  await written(path);
  expect(await readJournal(path, { sha256: "cd".repeat(32), size: 1000 }, 1000)).toBeUndefined();
  expect(await readJournal(path, { sha256, size: 999 }, 1000)).toBeUndefined();
  expect(await readJournal(path, wanted, 599)).toBeUndefined();
  const text = await readFile(path, "utf8");
  for (const damaged of [
    "",
    "\n",
    "null\n",
    "[]\n",
    text.replace("plimsoll", "plimsol1"),
    text.replace('"done":[[0,100]]', '"done":[[100,0]]'),
    text.replace('"done":[[0,100]]', '"done":[[0,1e9]]'),
    text.replace('"done":[[0,100]]', '"done":[[-1,100]]'),
    text.replace('"done":[[0,100]]', '"done":[[0,100]]x'),
    text.replace('"clear"', '"unknown"'),
    text.replace('"fingerprint"', "7"),
    "x".repeat(5_000_000),
  ]) {
    await writeFile(path, damaged);
    expect(await readJournal(path, wanted, 1000)).toBeUndefined();
  }
});

test("a new journal replaces an old one, and can be removed when absent", async () => {
  await using dir = await tempDir();
  const path = dir.join("journal");
  await written(path);
  await (await Journal.create(path, sha256, 500)).close();
  expect((await readJournal(path, { sha256, size: 500 }, 0))?.done.bytes).toBe(0);
  await removeJournal(path);
  await removeJournal(path);
  expect(existsSync(path)).toBe(false);
});
