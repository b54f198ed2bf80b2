import { expect, test } from "@jest/globals";
import { loopLoad } from "./loop-load.ts";

/** A loop that was `active` of `active + idle` milliseconds since it was asked before. */
function setUp() {
  let total = { active: 0, idle: 0 };
  const isBusy = loopLoad(((_now?: object, before?: { active: number; idle: number }) => {
    const active = total.active - (before?.active ?? 0);
    const idle = total.idle - (before?.idle ?? 0);
    return { active, idle, utilization: active / (active + idle) };
  }) as never);
  const pass = (active: number, idle: number): void => {
    total = { active: total.active + active, idle: total.idle + idle };
  };
  return { isBusy, pass };
}

test("a thread is busy that had hardly an idle moment since it was asked", () => {
  const { isBusy, pass } = setUp();
  pass(19, 1);
  expect(isBusy()).toBe(true);
  pass(10, 10);
  expect(isBusy()).toBe(false);
});

test("a short span changes nothing and is counted with the next one", () => {
  const { isBusy, pass } = setUp();
  pass(20, 0);
  expect(isBusy()).toBe(true);
  pass(0, 4);
  expect(isBusy()).toBe(true);
  pass(0, 4);
  expect(isBusy()).toBe(false);
});

test("by default it is this thread's own loop", async () => {
  const isBusy = loopLoad();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(isBusy()).toBe(false);
});
