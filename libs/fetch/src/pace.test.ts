import { expect, test } from "@jest/globals";
import { Pace } from "./pace.ts";

const mib = 1_048_576;

test("slow connections are joined by as many as are allowed, fast ones by few", () => {
  const lanes = (bytesPerSecond: number): number => {
    const pace = new Pace(16, 4 * mib);
    pace.measured(bytesPerSecond / 50, 20);
    return pace.lanes;
  };
  expect([100_000, 12_000_000, 100_000_000, 300_000_000, 2_000_000_000].map(lanes)).toEqual([
    16, 16, 4, 2, 1,
  ]);
  expect(new Pace(16, 4 * mib).lanes).toBe(16);
});

test("a request lasts half a second, within bounds", () => {
  const segment = (bytesPerSecond: number): number => {
    const pace = new Pace(16, 4 * mib);
    pace.measured(bytesPerSecond, 1000);
    return pace.segmentBytes;
  };
  expect([1000, 20_000_000, 1_000_000_000].map(segment)).toEqual([4 * mib, 10_000_000, 64 * mib]);
  expect(new Pace(16, 4 * mib).segmentBytes).toBe(4 * mib);
});

test("failures take lanes away, successes give them back one by one", () => {
  const pace = new Pace(8, mib);
  pace.failed(3);
  expect(pace.lanes).toBe(3);
  pace.failed(0);
  expect(pace.lanes).toBe(1);
  for (let count = 0; count < 20; count++) pace.succeeded();
  expect(pace.lanes).toBe(8);
});

test("a measurement of nothing says nothing", () => {
  const pace = new Pace(8, mib);
  pace.measured(0, 100);
  pace.measured(100, 0);
  expect([pace.lanes, pace.segmentBytes]).toEqual([8, mib]);
});
