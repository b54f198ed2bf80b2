import { expect, test } from "@jest/globals";
import type { ModelConfig } from "../model-config.ts";
import { Judge, type Verdict } from "./judge.ts";

function judge(
  limits: ModelConfig["rollback"],
  outcomes: readonly [durationMs: number, code?: string][],
): Verdict | undefined {
  const of = new Judge();
  let verdict: Verdict | undefined;
  for (const [durationMs, code] of outcomes) verdict ??= of.add(durationMs, code, limits);
  return verdict;
}

const good = (count: number): [number][] => Array.from({ length: count }, () => [5]);

test("too many failures take a version back, with the most frequent code", () => {
  const outcomes: [number, string?][] = [
    ...good(16),
    [1, "E_CRASH"],
    [1, "E_CRASH"],
    [1, "E_TIMEOUT"],
    [1],
  ];
  expect(judge({ max_error_rate: 0.1 }, outcomes)).toEqual({
    code: "E_CRASH",
    message: "15 % of 20 predictions failed",
  });
  expect(judge({ max_error_rate: 0.15 }, outcomes)).toBeUndefined();
  expect(judge(undefined, outcomes)).toBeUndefined();
});

test("fewer than 20 predictions are not judged, and bad inputs are not counted", () => {
  const failures = Array.from({ length: 19 }, (): [number, string] => [1, "E_CRASH"]);
  expect(judge({ max_error_rate: 0 }, failures)).toBeUndefined();
  const inputs = Array.from({ length: 50 }, (): [number, string] => [1, "E_INPUT"]);
  expect(judge({ max_error_rate: 0 }, [...inputs, ...good(30)])).toBeUndefined();
});

test("slow answers and answers that are not finite have limits of their own", () => {
  const slow = Array.from({ length: 30 }, (_, index): [number] => [index % 10 === 0 ? 900 : 5]);
  expect(judge({ max_latency_ms: 500 }, slow)?.code).toBe("E_TIMEOUT");
  expect(judge({ max_latency_ms: 1000 }, slow)).toBeUndefined();
  const broken: [number, string?][] = [...good(30), [5, "E_OUTPUT"]];
  expect(judge({ max_non_finite: 0 }, broken)?.code).toBe("E_OUTPUT");
});

test("only the window counts", () => {
  const outcomes: [number, string?][] = [[1, "E_CRASH"], ...good(60)];
  expect(judge({ max_error_rate: 0.01, window: 20 }, outcomes.slice(1))).toBeUndefined();
  expect(judge({ max_error_rate: 0.05, window: 20 }, outcomes)).toBeUndefined();
});
