import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { newToken } from "./holder.ts";
import { cacheLayout, type Layout } from "./layout.ts";
import { tryLock, type Lock } from "./lock.ts";
import { readLockFile } from "./lock-file.ts";
import { LockWatch } from "./lock-watch.ts";

const digest = "ab".repeat(32);
const times = { heartbeatMs: 10, staleMs: 1_000, pollMs: 1, maxPollMs: 100 };

async function layoutIn(dir: TempDir): Promise<Layout> {
  const layout = cacheLayout(dir.path);
  for (const folder of layout.folders) await mkdir(folder, { recursive: true });
  return layout;
}

/** Someone who waits for the lock, with a clock of his own. */
function waiter(layout: Layout): { try(): Promise<Lock | undefined>; pass(ms: number): void } {
  let clock = 0;
  const watch = new LockWatch(layout.lock(digest), times, () => clock);
  return {
    try: () => tryLock(layout, digest, watch, times),
    pass: (ms) => {
      clock += ms;
    },
  };
}

const ours = (): [string, string, string, string] =>
  newToken().split("-") as [string, string, string, string];

async function plant(layout: Layout, token: string): Promise<void> {
  const note = { token, pid: 1, host: "elsewhere", since: "2026-01-01T00:00:00Z" };
  await writeFile(layout.lock(digest), JSON.stringify(note));
}

test("one holds it at a time, and the file says who", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  const [a, b] = [waiter(layout), waiter(layout)];
  const lock = await a.try();
  expect(await b.try()).toBeUndefined();
  expect(await readLockFile(layout.lock(digest))).toMatchObject({
    token: lock?.token,
    pid: process.pid,
  });
  await lock?.release();
  const next = await b.try();
  expect(next?.stolenFrom).toBeUndefined();
  await next?.release();
  expect(await readdir(layout.locks)).toEqual([]);
  expect(await readdir(layout.temporaries)).toEqual([]);
});

test("D7: the lock of a process that is gone is taken over at once, pid reused or not", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  const [machine, , start, random] = ours();
  for (const token of [
    [machine, "99999999", start, random].join("-"),
    // This very pid, but of a process that started earlier: as pid 1 of a container that was started again.
    [machine, String(process.pid), "1", random].join("-"),
  ]) {
    await plant(layout, token);
    const lock = await waiter(layout).try();
    expect(lock).toBeDefined();
    expect(lock?.stolenFrom).toBeUndefined();
    await lock?.release();
  }
});

test("D7: the lock of another machine is taken over when it was silent for long enough, seen from here", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  const token = ["000000000000", "1", "1", "abc"].join("-");
  await plant(layout, token);
  // Its time is of another clock, far in the past or in the future: that proves nothing.
  await utimes(layout.lock(digest), 1, 1);
  const other = waiter(layout);
  for (let passed = 0; passed <= 1_000; passed += 100) {
    expect(await other.try()).toBeUndefined();
    other.pass(100);
  }
  const lock = await other.try();
  expect(lock?.stolenFrom).toBe(token);
  await lock?.release();
});

test("D7: each sign of life starts the waiting anew", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  await plant(layout, ["000000000000", "1", "1", "abc"].join("-"));
  const other = waiter(layout);
  for (let beat = 1; beat <= 40; beat += 1) {
    if (beat % 5 === 0) await utimes(layout.lock(digest), beat, beat);
    expect(await other.try()).toBeUndefined();
    other.pass(100);
  }
});

test("D7: time in which the waiting process did not run does not count", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  await plant(layout, ["000000000000", "1", "1", "abc"].join("-"));
  const other = waiter(layout);
  expect(await other.try()).toBeUndefined();
  // A laptop that was closed for an hour: the holder slept as well.
  other.pass(3_600_000);
  expect(await other.try()).toBeUndefined();
});

test("D7: a holder that surely lives but is silent gets more time, then loses the lock and is told", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  const holder = await waiter(layout).try();
  const path = layout.lock(digest);
  const thief = waiter(layout);
  // Its beats go on, so the file is put back to one time before each look, as if they did not.
  let stolen: Lock | undefined;
  let passed = 0;
  while (!stolen && passed < 20_000) {
    const note = await readFile(path, "utf8");
    if ((await readLockFile(path))?.token === holder?.token) {
      await writeFile(path, note);
      await utimes(path, 5, 5);
    }
    stolen = await thief.try();
    thief.pass(100);
    passed += 100;
  }
  if (stolen) {
    expect(passed).toBeGreaterThan(4_000);
    expect(stolen.stolenFrom).toBe(holder?.token);
    while (!holder?.lost.aborted) await setTimeout(5);
    expect(holder?.lost.reason).toMatchObject({ code: "E_LOCKED" });
  }
  expect(stolen).toBeDefined();
  // Giving back what one has lost leaves the lock of the other.
  await holder?.release();
  expect((await readLockFile(path))?.token).toBe(stolen?.token);
  await stolen?.release();
});

test("D7: of many that notice at once exactly one takes over", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  const [machine, , start, random] = ours();
  for (let round = 0; round < 10; round += 1) {
    await plant(layout, [machine, "99999999", start, random].join("-"));
    const locks = await Promise.all(Array.from({ length: 8 }, () => waiter(layout).try()));
    const held = locks.filter((lock) => lock !== undefined);
    expect(held).toHaveLength(1);
    await held[0]?.release();
    expect(await readdir(layout.locks)).toEqual([]);
  }
}, 180_000);

test("D7: a claim that a dead process left does not stop the next", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  const [machine, , start, random] = ours();
  const dead = [machine, "99999999", start, random].join("-");
  await plant(layout, dead);
  const note = { token: dead, pid: 1, host: "h", since: "s" };
  await writeFile(layout.claim(digest, dead), JSON.stringify(note));
  const next = waiter(layout);
  expect(await next.try()).toBeUndefined();
  const lock = await next.try();
  expect(lock).toBeDefined();
  await lock?.release();
  expect(await readdir(layout.locks)).toEqual([]);
});

test.each(["", "{", "null", '{"token":"../../x","pid":1,"host":"h","since":"s"}'])(
  "D10: a lock file of %j is taken over after a while, not at once",
  async (text) => {
    await using dir = await tempDir();
    const layout = await layoutIn(dir);
    await writeFile(layout.lock(digest), text);
    const other = waiter(layout);
    let lock: Lock | undefined;
    let passed = 0;
    while (!lock && passed < 5_000) {
      lock = await other.try();
      other.pass(100);
      passed += 100;
    }
    expect(passed).toBeGreaterThan(1_000);
    expect(lock).toBeDefined();
    await lock?.release();
    expect(await readdir(layout.locks)).toEqual([]);
  },
);

test("a holder shows that it lives, and is told when its lock is removed", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  const lock = await waiter(layout).try();
  const path = layout.lock(digest);
  await utimes(path, 1, 1);
  const { stat, unlink } = await import("node:fs/promises");
  while ((await stat(path)).mtimeMs === 1_000) await setTimeout(5);
  expect(lock?.lost.aborted).toBe(false);
  await unlink(path);
  while (!lock?.lost.aborted) await setTimeout(5);
  await lock?.release();
});
