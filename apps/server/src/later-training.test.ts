import { expect, test } from "@jest/globals";
import { laterTraining } from "./later-training.ts";
import type { Training } from "./training.ts";

const fake = (closed: string[]): Training => ({
  upload: async ({ className }) => ({ path: "p", class: className, stored: true }),
  retrain: async () => ({ success: true, message: "", status: "started" }),
  runs: async () => [],
  run: async () => Promise.reject(new Error("no")),
  async *events(run) {
    yield { at: "", run, type: "log" };
  },
  cancel: async () => Promise.reject(new Error("no")),
  datasets: async () => [],
  dataset: async () => Promise.reject(new Error("no")),
  close: async () => void closed.push("closed"),
});

test("opened once, by the first who needs it; an opening that fails is tried again", async () => {
  const closed: string[] = [];
  let opened = 0;
  const training = laterTraining(async () => {
    opened += 1;
    if (opened === 1) throw new Error("out of reach");
    return fake(closed);
  });
  expect(opened).toBe(0);
  await expect(training.runs()).rejects.toThrow("out of reach");
  await Promise.all([training.runs(), training.datasets()]);
  expect(opened).toBe(2);
  const events = [];
  const { signal } = new AbortController();
  for await (const event of training.events("r1", { signal })) events.push(event);
  expect(events).toEqual([{ at: "", run: "r1", type: "log" }]);
  await training.close();
  await training.close();
  expect(closed).toEqual(["closed"]);
});

test("closing what was never needed opens nothing", async () => {
  let opened = 0;
  const training = laterTraining(async () => {
    opened += 1;
    return fake([]);
  });
  await training.close();
  expect(opened).toBe(0);
});
