import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { GearCutter } from "./gear.ts";
import { gearScan, gearSliceBytes, plainScan } from "./gear-scan.ts";

const averageBytes = 1 << 12;

function cutsOf(bytes: Uint8Array, pieceBytes: number, scan = gearScan()): number[] {
  const gear = new GearCutter({ averageBytes, scan });
  const cuts: number[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    cuts.push(...gear.cuts(bytes.subarray(at, at + pieceBytes)).map((cut) => at + cut));
  }
  return cuts;
}

const samples = [
  ["random bytes", randomBytes(gearSliceBytes * 2 + 12_345)],
  ["zeros", Buffer.alloc(100_000)],
  ["a pattern", Buffer.alloc(100_003, "plimsoll")],
  ["fewer bytes than a chunk", randomBytes(100)],
  ["nothing", Buffer.alloc(0)],
] as const;

test.each(samples)("%s: the compiled loop cuts where the plain one does", (_, bytes) => {
  expect(cutsOf(bytes, 1 << 20)).toEqual(cutsOf(bytes, 1 << 20, plainScan()));
});

test.each([1, 31, 1000, gearSliceBytes - 1, gearSliceBytes])(
  "fed in pieces of %p the cuts are the same",
  (pieceBytes) => {
    const bytes = randomBytes(pieceBytes < 100 ? 20_000 : gearSliceBytes + 54_321);
    expect(cutsOf(bytes, pieceBytes)).toEqual(cutsOf(bytes, bytes.length));
  },
);

test("chunks keep their lengths", () => {
  const bytes = randomBytes(1 << 20);
  const cuts = [0, ...cutsOf(bytes, 1 << 20)];
  const lengths = cuts.slice(1).map((cut, i) => cut - (cuts[i] ?? 0));
  expect(Math.min(...lengths)).toBeGreaterThan(averageBytes / 4);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(averageBytes * 4);
});

test("where the bytes have no boundary the longest length is one", () => {
  expect(cutsOf(Buffer.alloc(averageBytes * 10), 999)).toEqual([4, 8].map((n) => n * averageBytes));
});
