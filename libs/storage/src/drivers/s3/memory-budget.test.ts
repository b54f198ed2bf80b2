import { setImmediate as turn } from "node:timers/promises";

import { expect, test } from "@jest/globals";

import { memoryBudget } from "./memory-budget.ts";

const MiB = 2 ** 20;

test("no more than the limit is lent, and who came first is served first", async () => {
  const budget = memoryBudget(4 * MiB);
  const first = await budget.borrow(3 * MiB);
  const served: string[] = [];
  const large = budget.borrow(2 * MiB).then((loan) => (served.push("large"), loan));
  const small = budget.borrow(MiB).then((loan) => (served.push("small"), loan));
  await turn();
  expect(served).toEqual([]);
  first.giveBack();
  await Promise.all([large, small]);
  expect(served).toEqual(["large", "small"]);
});

test("a block larger than the limit is lent when it is alone", async () => {
  const budget = memoryBudget(MiB);
  const large = await budget.borrow(5 * MiB);
  expect(large.block.length).toBe(5 * MiB);
  let isServed = false;
  const next = budget.borrow(10).then(() => (isServed = true));
  await turn();
  expect(isServed).toBe(false);
  large.giveBack();
  await next;
});

test("a block that came back is lent again, and giving back twice counts once", async () => {
  const budget = memoryBudget(2 * MiB);
  const first = await budget.borrow(2 * MiB);
  const { buffer } = first.block;
  first.giveBack();
  first.giveBack();
  const second = await budget.borrow(2 * MiB);
  expect(second.block.buffer).toBe(buffer);
  let isServed = false;
  void budget.borrow(1).then(() => (isServed = true));
  await turn();
  expect(isServed).toBe(false);
});

test("who waits leaves with the signal's reason and blocks nobody", async () => {
  const budget = memoryBudget(MiB);
  const loan = await budget.borrow(MiB);
  const stop = new AbortController();
  const reason = new Error("enough");
  const waiting = budget.borrow(MiB, stop.signal);
  const behind = budget.borrow(10);
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  loan.giveBack();
  await behind;
  await expect(budget.borrow(1, stop.signal)).rejects.toBe(reason);
});
