import { expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import { parallel } from "./parallel.ts";

test("results keep the order of the list and no more than the limit run at once", async () => {
  let running = 0;
  let most = 0;
  const results = await parallel([30, 10, 20, 1], 2, async (ms, index) => {
    most = Math.max(most, ++running);
    await sleep(ms);
    running--;
    return `${index}:${ms}`;
  });
  expect(results).toEqual(["0:30", "1:10", "2:20", "3:1"]);
  expect(most).toBe(2);
});

test("after a failure nothing new begins, what runs is waited for, the first error is thrown", async () => {
  const finished: number[] = [];
  const run = parallel([1, 2, 3, 4], 2, async (item) => {
    if (item === 1) throw new Error("first");
    await sleep(5);
    finished.push(item);
  });
  await expect(run).rejects.toThrow("first");
  expect(finished).toEqual([2]);
});

test("an empty list is no work", async () => {
  expect(await parallel([], 4, async () => 1)).toEqual([]);
});
