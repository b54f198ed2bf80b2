import { expect, test } from "@jest/globals";
import type { FetchEvent } from "./fetch-request.ts";
import { Reporter } from "./reporter.ts";

const restart = { type: "restart", name: "a", reason: "changed" } as const;

test("progress is told ten times a second at most, other events each", () => {
  const events: FetchEvent[] = [];
  let now = 0;
  const reporter = new Reporter(
    "a",
    (event) => events.push(event),
    () => now,
  );
  for (; now < 1000; now++) reporter.progress(now, 5000);
  expect(events).toHaveLength(10);
  expect(events[1]).toEqual({ type: "progress", name: "a", bytes: 100, size: 5000 });
  reporter.tell(restart);
  reporter.tell(restart);
  expect(events.slice(10)).toEqual([restart, restart]);
});

test("a callback that throws or rejects stops nothing", async () => {
  const failing = new Reporter(
    "a",
    () => {
      throw new Error("broken bar");
    },
    () => 0,
  );
  failing.progress(1, 2);
  failing.tell(restart);
  const rejecting = new Reporter(
    "a",
    () => Promise.reject(new Error("later")),
    () => 0,
  );
  rejecting.tell(restart);
  await new Promise((resolve) => setImmediate(resolve));
});

test("a callback that takes 20 ms is called every 400 ms: a twentieth of the time", () => {
  let now = 0;
  let calls = 0;
  const slow = new Reporter(
    "a",
    () => {
      calls++;
      now += 20;
    },
    () => now,
  );
  for (; now < 4200; now++) slow.progress(now, undefined);
  expect(calls).toBe(10);
});
