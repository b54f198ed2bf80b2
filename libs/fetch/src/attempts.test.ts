import { expect, test } from "@jest/globals";
import { Attempts } from "./attempts.ts";

test("failures of requests that ran side by side count once", () => {
  const attempts = new Attempts();
  const rounds = [attempts.round, attempts.round, attempts.round];
  expect(rounds.map((round) => attempts.failed(round))).toEqual([1, 1, 1]);
  expect(attempts.failed(attempts.round)).toBe(2);
});

test("new bytes reset the count, the same bytes again do not", () => {
  const attempts = new Attempts();
  attempts.failed(attempts.round);
  attempts.progressed(100_000);
  expect(attempts.failures).toBe(0);
  attempts.failed(attempts.round);
  attempts.progressed(100_000);
  attempts.progressed(20_000);
  expect(attempts.failures).toBe(1);
  attempts.progressed(200_000);
  expect(attempts.failures).toBe(0);
});

test("N14: a trickle of less than 64 KiB between two failures is no progress", () => {
  const attempts = new Attempts();
  for (let bytes = 60_000; bytes <= 300_000; bytes += 60_000) {
    attempts.progressed(bytes);
    attempts.failed(attempts.round);
  }
  expect(attempts.failures).toBe(5);
});
