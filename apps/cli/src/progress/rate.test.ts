import { expect, test } from "@jest/globals";
import { Rate } from "./rate.ts";

test("speed is that of the last seconds, not of the whole", () => {
  const rate = new Rate(2_000);
  for (let second = 0; second <= 10; second++) rate.add(second * 1000, second * 100);
  for (let second = 11; second <= 20; second++) rate.add(second * 1000, 1000 + (second - 10) * 10);
  expect(rate.bytesPerSecond(20_000)).toBe(10);
});

test("a stall brings the speed down though nothing is told", () => {
  const rate = new Rate();
  rate.add(0, 0);
  rate.add(1000, 1000);
  expect(rate.bytesPerSecond(1000)).toBe(1000);
  expect(rate.bytesPerSecond(10_000)).toBe(100);
});

test("too early there is none, and a restart begins anew", () => {
  const rate = new Rate();
  rate.add(0, 0);
  rate.add(100, 500);
  expect(rate.bytesPerSecond(100)).toBeUndefined();
  rate.add(200, 0);
  rate.add(1200, 50);
  expect(rate.bytesPerSecond(1200)).toBe(50);
});
