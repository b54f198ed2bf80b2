import { appendFile, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { UseLog } from "./use-log.ts";

const [a, b] = ["aa".repeat(32), "bb".repeat(32)] as const;

function usesIn(dir: TempDir, now = (): number => 1_000): UseLog {
  return new UseLog({
    path: dir.join("uses"),
    temporary: () => dir.join(`tmp-${Math.random()}`),
    writable: async () => true,
    now,
  });
}

test("hits and misses add up over processes, and the latest use counts", async () => {
  await using dir = await tempDir();
  let now = 10;
  const uses = usesIn(dir, () => now);
  await uses.note("miss", a);
  await uses.note("use", a);
  now = 20;
  await uses.note("hit", a);
  await usesIn(dir, () => 15).note("hit", a);
  await uses.note("miss", b);
  const read = await uses.read();
  expect([read.hits, read.misses]).toEqual([2, 2]);
  expect([...read.usedAt]).toEqual([[a, 20]]);
});

test("one process that asks for one blob to plan and then to place it asks once", async () => {
  await using dir = await tempDir();
  let now = 0;
  const uses = usesIn(dir, () => now);
  for (now of [0, 5_000, 9_999, 10_000, 12_000, 30_000]) await uses.note("hit", a);
  await uses.note("hit", b);
  expect((await uses.read()).hits).toBe(4);
  expect((await uses.read()).usedAt.get(a)).toBe(30_000);
});

test("D10: damaged lines are not counted", async () => {
  await using dir = await tempDir();
  const uses = usesIn(dir);
  await uses.note("hit", a);
  await appendFile(dir.join("uses"), `hit -1 ${a}\nhit x ${a}\ncount 1e9\nhit 5 ${a.slice(1)}\nhi`);
  await uses.note("hit", b);
  expect((await uses.read()).hits).toBe(2);
});

test("a long file is folded, and nothing is lost", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("uses"), `hit 7 ${a}\nmiss 8 ${b}\n`.repeat(10_001));
  const read = await usesIn(dir).read();
  expect([read.hits, read.misses]).toEqual([10_001, 10_001]);
  expect(await readFile(dir.join("uses"), "utf8")).toBe(`count 10001 10001\nuse 7 ${a}\n`);
  const again = await usesIn(dir).read();
  expect([again.hits, again.misses, again.usedAt.get(a)]).toEqual([10_001, 10_001, 7]);
});
