import { expect, test } from "@jest/globals";

import { onAbort } from "./on-abort.ts";
import { sleep } from "./sleep.ts";

test("everyone who waits is told once, whoever took it back is not", () => {
  const stop = new AbortController();
  const told: string[] = [];
  const act = (): void => void told.push("same");
  onAbort(stop.signal, act);
  onAbort(stop.signal, act);
  const takeBack = onAbort(stop.signal, () => told.push("never"));
  onAbort(stop.signal, () => told.push("last"));
  takeBack();
  stop.abort();
  expect(told).toEqual(["same", "same", "last"]);
  onAbort(stop.signal, () => told.push("too late"));
  expect(told).toHaveLength(3);
});

test("waiting, taking back and waiting again works, and no signal is no trouble", () => {
  const stop = new AbortController();
  let told = 0;
  onAbort(stop.signal, () => (told += 1))();
  onAbort(stop.signal, () => (told += 10));
  onAbort(undefined, () => (told += 100))();
  stop.abort();
  expect(told).toBe(10);
});

test("fifty waits on one signal raise no warning, and all end with its reason", async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on("warning", warned);
  const stop = new AbortController();
  const reason = new Error("enough");
  const waits = Array.from({ length: 50 }, () => sleep(60_000, stop.signal));
  const outcomes = Promise.allSettled(waits);
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort(reason);
  for (const outcome of await outcomes) {
    expect(outcome).toEqual({ status: "rejected", reason });
  }
  process.off("warning", warned);
  expect(warnings).toEqual([]);
});

test("sleep ends by itself, and at once where the signal has fired", async () => {
  await sleep(1);
  await sleep(1, new AbortController().signal);
  await expect(sleep(60_000, AbortSignal.abort("gone"))).rejects.toBe("gone");
});
