import { expect, test } from "@jest/globals";
import { syncTotals } from "./sync-totals.ts";

test("bytes, speed and what is left are summed over the files", () => {
  const totals = syncTotals([
    { name: "a", size: 100, received: 40, bytesPerSecond: 10, state: "fetching" },
    { name: "b", size: 100, received: 0, bytesPerSecond: 0, state: "waiting" },
  ]);
  expect(totals).toMatchObject({ size: 200, received: 40, share: 0.2, leftMs: 16_000 });
});

test("a verified file counts in full although nothing was received for it, a failed one keeps its part", () => {
  const totals = syncTotals([
    { name: "a", size: 100, received: 0, bytesPerSecond: 99, state: "verified" },
    { name: "b", size: 100, received: 50, bytesPerSecond: 0, state: "failed" },
  ]);
  expect(totals).toMatchObject({ share: 0.75, verified: 1, failed: 1, leftMs: undefined });
});

test("without files all is there; without sizes files count", () => {
  expect(syncTotals([]).share).toBe(1);
  const file = { name: "a", size: 0, received: 0, bytesPerSecond: 0 } as const;
  expect(
    syncTotals([
      { ...file, state: "verified" },
      { ...file, state: "waiting" },
    ]).share,
  ).toBe(0.5);
});
