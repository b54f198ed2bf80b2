import { expect, test } from "@jest/globals";
import { attempt } from "./attempt.ts";
import type { GithubContext } from "./github-context.ts";

/** A context whose time passes at once. */
function setUp(): { readonly context: GithubContext; readonly waits: number[] } {
  const waits: number[] = [];
  const clock = {
    now: () => 0,
    after: (ms: number, act: () => void) => {
      waits.push(ms);
      const timer = setTimeout(act, 1);
      return () => clearTimeout(timer);
    },
  };
  const driver = { clock, sleep: () => Promise.resolve(), log: () => undefined, random: () => 0 };
  const tuning = { apiTimeoutMs: 60_000, longestWaitMs: 60_000 };
  const settings = { owner: "o", repo: "r", token: "t" };
  return { context: { driver, tuning, settings } as unknown as GithubContext, waits };
}

test("a call that goes silent and does not hear of its abort is made again, five times in all", async () => {
  const { context, waits } = setUp();
  let calls = 0;
  const silent = (): Promise<never> => {
    calls++;
    return new Promise(() => undefined);
  };
  await expect(attempt(context, "models/m/v1.0.0/a.onnx", silent)).rejects.toMatchObject({
    code: "E_NETWORK",
  });
  expect([calls, waits]).toEqual([5, Array(5).fill(60_000)]);
});

test("one that answers in time gives its answer", async () => {
  const { context } = setUp();
  expect(await attempt(context, "models/m/v1.0.0/a.onnx", () => Promise.resolve(7))).toBe(7);
});
