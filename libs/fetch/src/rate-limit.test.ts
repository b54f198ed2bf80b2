import { expect, test } from "@jest/globals";
import { RateLimit } from "./rate-limit.ts";

test("bytes beyond the rate are waited for, time that passed without any is not saved up", async () => {
  let now = 0;
  const slept: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    now += ms;
  };
  const limit = new RateLimit(1_000_000, { now: () => now, sleep });
  const { signal } = new AbortController();
  expect(limit.take(10_000, signal)).toBeUndefined();
  await limit.take(90_000, signal);
  expect(slept).toEqual([100]);
  now += 5000;
  await limit.take(200_000, signal);
  expect(slept).toEqual([100, 200]);
});
