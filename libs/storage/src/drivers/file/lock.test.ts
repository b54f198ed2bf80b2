import { spawnSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";

import { underLock, type LockOptions } from "./lock.ts";
import { placeOf, type Place } from "./place.ts";
import { writerId } from "./writer-id.ts";

const deadToken = "0123456789abcdef";

/** A clock that only the sleeping of the lock moves. */
function sleepClock() {
  const state = { now: 0 };
  const options: LockOptions = {
    clock: { now: () => state.now, after: () => () => undefined },
    sleep: async (ms) => {
      state.now += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
    random: () => 0.5,
  };
  return { state, options };
}

async function withPlace(act: (place: Place, lock: string) => Promise<void>): Promise<void> {
  await using dir = await tempDir();
  const place = placeOf(dir.path, "a/pointer.json");
  await mkdir(place.folder);
  await act(place, join(place.folder, ".pointer.json.lock"));
  expect((await readdir(place.folder)).filter((name) => name.startsWith("."))).toEqual([]);
}

/** Runs `count` holders at once; the result is the most that were inside together. */
async function crowd(place: Place, count: number, options: LockOptions): Promise<number> {
  let [inside, most] = [0, 0];
  await Promise.all(
    Array.from({ length: count }, () =>
      underLock(place, options, async (lock) => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setTimeout(resolve, 3));
        await lock.assertHeld();
        inside -= 1;
      }),
    ),
  );
  return most;
}

test("of many holders one is inside at a time, and no file is left", async () => {
  await withPlace(async (place) => {
    expect(await crowd(place, 8, {})).toBe(1);
  });
});

test("D7: the lock of a process that is gone is taken over at once, by one at a time", async () => {
  await withPlace(async (place, lock) => {
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const [machine] = writerId.split("-");
    await writeFile(lock, `${deadToken} ${machine}-${gone}\n`);
    const { state, options } = sleepClock();
    await underLock(place, options, async () => undefined);
    expect(state.now).toBe(0);
    await writeFile(lock, `${deadToken} ${machine}-${gone}\n`);
    expect(await crowd(place, 8, {})).toBe(1);
  });
});

test("D7: the taker-over may die too: its seat is taken over like the lock", async () => {
  await withPlace(async (place, lock) => {
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const [machine] = writerId.split("-");
    await writeFile(lock, `${deadToken} ${machine}-${gone}\n`);
    await writeFile(`${lock}.${deadToken}`, `fedcba9876543210 ${machine}-${gone}\n`);
    expect(await crowd(place, 4, {})).toBe(1);
  });
});

test.each([
  ["of another machine", `${deadToken} ffffffffffff-1\n`],
  ["that was not written to its end", "01234"],
  ["of a process that lives and hangs", `${deadToken} ${writerId}\n`],
])(
  "D7: a lock %s is waited for, and taken over after 10 s without a change",
  async (_, content) => {
    await withPlace(async (place, lock) => {
      await writeFile(lock, content);
      const { state, options } = sleepClock();
      await underLock(place, options, async () => undefined);
      expect(state.now).toBeGreaterThanOrEqual(10_000);
      expect(state.now).toBeLessThan(10_100);
    });
  },
);

test("a lock that changes hands is not dead: whoever waits too long says E_TIMEOUT", async () => {
  await using dir = await tempDir();
  const place = placeOf(dir.path, "pointer.json");
  const { state, options } = sleepClock();
  const busy: LockOptions = {
    ...options,
    sleep: async (ms) => {
      state.now += ms * 100;
      const token = Math.floor(state.now).toString(16).padStart(16, "0");
      await writeFile(join(dir.path, ".pointer.json.lock"), `${token} ffffffffffff-1\n`);
    },
  };
  await writeFile(join(dir.path, ".pointer.json.lock"), `${deadToken} ffffffffffff-1\n`);
  await expect(underLock(place, busy, async () => undefined)).rejects.toMatchObject({
    code: "E_TIMEOUT",
  });
});

test("a holder that took too long, or was robbed, is told before its last step", async () => {
  await withPlace(async (place) => {
    const { state, options } = sleepClock();
    const late = underLock(place, options, async (held) => {
      state.now += 5_000;
      await held.assertHeld();
    });
    await expect(late).rejects.toMatchObject({ code: "E_CONFLICT" });
  });
  await using dir = await tempDir();
  const place = placeOf(dir.path, "pointer.json");
  const path = join(dir.path, ".pointer.json.lock");
  const robbed = underLock(place, {}, async (held) => {
    await held.assertHeld();
    await writeFile(path, `${deadToken} ffffffffffff-1\n`);
    await held.assertHeld();
  });
  await expect(robbed).rejects.toMatchObject({ code: "E_CONFLICT" });
  expect(await readdir(dir.path)).toEqual([".pointer.json.lock"]);
});

test("a signal ends the wait, and an error inside lets the lock go", async () => {
  await withPlace(async (place) => {
    await expect(
      underLock(place, {}, async () => {
        const signal = AbortSignal.timeout(20);
        await underLock(place, { signal }, async () => undefined);
      }),
    ).rejects.toMatchObject({ name: "TimeoutError" });
  });
});
