import { expect, test } from "@jest/globals";

import { HttpError } from "./http-error.ts";
import { retryRequest } from "./retry-request.ts";

async function run(failures: readonly HttpError[]) {
  const waits: number[] = [];
  const sleep = async (ms: number): Promise<void> => void waits.push(ms);
  let tries = 0;
  const act = async (): Promise<string> => {
    const failure = failures[tries];
    tries += 1;
    if (failure !== undefined) throw failure;
    return "done";
  };
  const outcome = await retryRequest(act, { sleep, random: () => 1 }).catch(
    (error: unknown) => error,
  );
  return { outcome, waits, tries };
}

const passing = (facts: { retryAfterMs?: number } = {}) =>
  new HttpError("E_NETWORK", "503", { status: 503, retryable: true, ...facts });

test("N15: what may pass is tried again with growing pauses, four times in all", async () => {
  expect(await run([passing(), passing()])).toEqual({
    outcome: "done",
    waits: [500, 1000],
    tries: 3,
  });
  const last = await run([passing(), passing(), passing(), passing()]);
  expect(last).toMatchObject({
    outcome: { code: "E_NETWORK" },
    waits: [500, 1000, 2000],
    tries: 4,
  });
});

test("N17: a host's Retry-After is honoured, up to 60 s", async () => {
  const { waits } = await run([
    passing({ retryAfterMs: 2000 }),
    passing({ retryAfterMs: 999_999_000 }),
  ]);
  expect(waits).toEqual([2000, 60_000]);
});

test("N19: what will not pass is not tried again", async () => {
  const refusal = new HttpError("E_AUTH", "401", { status: 401, retryable: false });
  expect(await run([refusal])).toEqual({ outcome: refusal, waits: [], tries: 1 });
});
