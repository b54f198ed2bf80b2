import { strict as assert } from "node:assert";

import { bytesSource } from "../bytes-source.ts";
import type { Driver } from "../driver.ts";
import { StorageError } from "../error.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { assertRefused, chunkedSource, collect } from "./expectation.ts";
import { patternBytes } from "./pattern-bytes.ts";
import { assertStored } from "./writing.ts";

const key = "models/m/channels/production.json";
const canSwap = (driver: Driver): boolean => driver.swap !== undefined;

/** Of several writers at once exactly one wins (S1), and no change of a pointer is lost (S7). */
export const races: readonly ConformanceCase[] = [
  {
    name: "S1: of many writers with onlyIfAbsent one wins, the others get E_EXISTS, the bytes are the winner's",
    access: "write",
    async run({ driver, writers }) {
      for (const base of [200, 100_000]) {
        const name = `race/${base}`;
        const contents = Array.from({ length: writers }, (_, i) => patternBytes(base + i, 20 + i));
        const outcomes = await Promise.allSettled(
          contents.map((bytes) => driver.write(name, chunkedSource(bytes), { onlyIfAbsent: true })),
        );
        const winner = onlyWinner(outcomes, "E_EXISTS");
        await assertStored(driver, name, contents[winner] ?? assert.fail("no winner"));
      }
    },
  },
  {
    name: "S1: an upload of many parts with onlyIfAbsent loses too, and leaves the winner's bytes",
    access: "write",
    async run({ driver, largeBytes }) {
      const contents = [1, 2, 3].map((seed) => patternBytes(largeBytes, 40 + seed));
      const outcomes = await Promise.allSettled(
        contents.map((bytes) =>
          driver.write("race/l", chunkedSource(bytes), { onlyIfAbsent: true }),
        ),
      );
      const winner = onlyWinner(outcomes, "E_EXISTS");
      await assertStored(driver, "race/l", contents[winner] ?? assert.fail("no winner"));
    },
  },
  {
    name: "swap creates, replaces what was read, and refuses anything else with E_CONFLICT",
    access: "write",
    needs: canSwap,
    async run({ driver }) {
      const swap = swapOf(driver);
      const stale = await driver.write("elsewhere", bytesSource(Buffer.from("x"), "x"));
      const none = stale.etag ?? assert.fail("no etag");
      await assertRefused(swap("a", { expected: none }), "E_CONFLICT", "replace what is not there");
      assert.equal(await driver.stat(key), undefined);
      const first = await swap("first", { expected: null });
      await assertStored(driver, key, Buffer.from("first"));
      await assertRefused(swap("b", { expected: null }), "E_CONFLICT", "create what is there");
      const seen = (await driver.read(key)).stat.etag;
      assert.equal(seen, first.etag, "the token of the swap is that of a read");
      const second = await swap("secnd", { expected: seen ?? assert.fail("no etag") });
      await assertRefused(swap("c", { expected: first.etag ?? "" }), "E_CONFLICT", "an old token");
      await assertStored(driver, key, Buffer.from("secnd"));
      assert.notEqual(second.etag, first.etag);
      const same = await swap("secnd", { expected: second.etag ?? "" });
      await swap("third", { expected: same.etag ?? "" });
      await assertStored(driver, key, Buffer.from("third"));
    },
  },
  {
    name: "S7: of many swaps from the same state one wins, the others get E_CONFLICT",
    access: "write",
    needs: canSwap,
    async run({ driver, writers }) {
      const swap = swapOf(driver);
      const names = Array.from({ length: writers }, (_, index) => `writer ${index}`);
      let expected: string | null = null;
      for (let round = 0; round < 3; round += 1) {
        const from: string | null = expected;
        const outcomes = await Promise.allSettled(
          names.map((name) => swap(`${name} in ${round}`, { expected: from })),
        );
        const winner = onlyWinner(outcomes, "E_CONFLICT");
        await assertStored(driver, key, Buffer.from(`${names[winner]} in ${round}`));
        expected = (await driver.stat(key))?.etag ?? assert.fail("no etag");
      }
    },
  },
  {
    name: "S7: counting by read and swap loses no step",
    access: "write",
    needs: canSwap,
    async run({ driver }) {
      const swap = swapOf(driver);
      await swap("1000", { expected: null });
      const [counters, steps] = [4, 5];
      await Promise.all(
        Array.from({ length: counters }, async () => {
          for (let step = 0; step < steps; step += 1) await increment(driver);
        }),
      );
      await assertStored(driver, key, Buffer.from(String(1000 + counters * steps)));
    },
  },
];

function swapOf(driver: Driver) {
  const swap = driver.swap ?? assert.fail("no swap");
  return (text: string, options: { readonly expected: string | null }) =>
    swap(key, Buffer.from(text), { ...options, contentType: "application/json" });
}

async function increment(driver: Driver): Promise<void> {
  const swap = swapOf(driver);
  for (;;) {
    try {
      const { stat, body } = await driver.read(key);
      const value = Number(Buffer.from(await collect(body)).toString());
      await swap(String(value + 1), { expected: stat.etag ?? assert.fail("no etag") });
      return;
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== "E_CONFLICT") throw error;
    }
  }
}

/** Index of the one that was done; all others failed with `code`. */
function onlyWinner(outcomes: readonly PromiseSettledResult<unknown>[], code: string): number {
  const done = outcomes.flatMap((outcome, index) =>
    outcome.status === "fulfilled" ? [index] : [],
  );
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") continue;
    const { reason } = outcome;
    assert.ok(reason instanceof StorageError && reason.code === code, String(reason));
  }
  assert.equal(done.length, 1, "exactly one wins");
  return done[0] ?? -1;
}
