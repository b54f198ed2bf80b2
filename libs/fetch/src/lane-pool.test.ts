import { expect, test } from "@jest/globals";
import { LanePool } from "./lane-pool.ts";

test("places are given in the order of asking and never more than there are", async () => {
  const pool = new LanePool(2);
  const order: string[] = [];
  let held = 0;
  let most = 0;
  const worker = async (name: string): Promise<void> => {
    await pool.take();
    most = Math.max(most, ++held);
    order.push(name);
    await new Promise((resolve) => setImmediate(resolve));
    held--;
    pool.give();
  };
  await Promise.all(["a", "b", "c", "d", "e"].map(worker));
  expect(order).toEqual(["a", "b", "c", "d", "e"]);
  expect([most, pool.free]).toEqual([2, 2]);
});

test("one that gives up waiting leaves its turn to the next", async () => {
  const pool = new LanePool(1);
  expect(pool.tryTake()).toBe(true);
  expect(pool.tryTake()).toBe(false);
  const stop = new AbortController();
  const given = pool.take(stop.signal);
  const next = pool.take();
  stop.abort(new Error("enough"));
  await expect(given).rejects.toThrow("enough");
  await expect(pool.take(stop.signal)).rejects.toThrow("enough");
  pool.give();
  await next;
  pool.give();
  expect(pool.free).toBe(1);
});
