import { expect, test } from "@jest/globals";
import { SlowHint } from "./slow-hint.ts";

const MIB = 1024 * 1024;

test("a slow transfer is told once, with the ways out", () => {
  const hint = new SlowHint();
  expect(hint.check(0, 0, 100 * MIB)).toBeUndefined();
  expect(hint.check(19_999, 2 * MIB, 100 * MIB)).toBeUndefined();
  const said = hint.check(20_000, 2 * MIB, 100 * MIB);
  expect(said).toMatch(/^slow: 102 KB\/s, about 16 min 20 s left\./);
  expect(said).toMatch(/--public-url.*--mirror.*PLIMSOLL_CACHE_DIR/);
  expect(hint.check(40_000, 3 * MIB, 100 * MIB)).toBeUndefined();
});

test("a fast one is not, nor one that is nearly done", () => {
  expect(
    [new SlowHint()].map((hint) => (hint.check(0, 0, 1), hint.check(20_000, 40 * MIB, 100 * MIB))),
  ).toEqual([undefined]);
  const nearlyDone = new SlowHint();
  nearlyDone.check(0, 0, 10 * MIB);
  expect(nearlyDone.check(20_000, 9 * MIB, 10 * MIB)).toBeUndefined();
});

test("a stall has no time left", () => {
  const hint = new SlowHint();
  hint.check(0, 0, undefined);
  expect(hint.check(30_000, 0, undefined)).toMatch(/^slow: 0 B\/s\. What helps/);
});
