import { expect, test } from "@jest/globals";
import type { JsonObject } from "@plimsoll/manifest";
import { goldenFromJson } from "@plimsoll/inference";
import { rehearsalModel } from "../rehearse/model.ts";
import type { Answer, ServerClient } from "./server-client.ts";
import { type Expected, smokeTest, type SmokeOptions } from "./smoke-test.ts";

const digest = "a".repeat(64);
const { metadata } = rehearsalModel(3);
const golden = goldenFromJson(metadata["golden"] as JsonObject);
const expected: Expected = { model: "m", release: "v1.1.0", digests: new Set([digest]), golden };
const right: Answer = {
  version: "v1.1.0",
  digest,
  output: golden.cases[0]?.output ?? { kind: "tensors", tensors: [] },
  milliseconds: 5,
};

/** A server that answers as it should, but for what is given. */
const server = (changes: Partial<ServerClient> = {}): ServerClient => ({
  url: "http://127.0.0.1:1",
  ready: () => Promise.resolve(true),
  predict: () => Promise.resolve(right),
  model: () => Promise.resolve(undefined),
  json: () => Promise.resolve({}),
  memoryBytes: () => Promise.resolve(100e6),
  ...changes,
});

/** Names of the checks that failed, with why. */
async function failures(
  changes: Partial<ServerClient>,
  options: SmokeOptions = {},
): Promise<readonly string[]> {
  const sleep = (): Promise<void> => Promise.resolve();
  const report = await smokeTest(server(changes), expected, { sleep, ...options });
  const failed = report.checks.filter(({ outcome }) => outcome === "failed");
  expect(report.passed).toBe(failed.length === 0);
  return failed.map(({ name, detail }) => `${name}: ${detail}`);
}

const answers = (answer: Partial<Answer>) => ({
  predict: () => Promise.resolve({ ...right, ...answer }),
});

test("a server of the released bytes passes", async () => {
  expect(await failures({}, { memoryBudgetBytes: 200e6 })).toEqual([]);
});

test("C12: another version, or other bytes under the right name, fail", async () => {
  const [stale] = await failures(answers({ version: "v1.0.0" }));
  expect(stale).toBe("it serves the released bytes: v1.0.0 answers, not v1.1.0");
  const [other] = await failures(answers({ digest: "b".repeat(64) }));
  expect(other).toContain("it serves the released bytes: the bytes bbbbbbbbbbbb… answer");
});

test("another output, slow answers and too much memory fail by their own names", async () => {
  const wrong = goldenFromJson(rehearsalModel(4).metadata["golden"] as JsonObject).cases[0]?.output;
  expect(await failures(answers({ output: wrong ?? right.output }))).toEqual([
    expect.stringMatching(/^golden inputs give golden outputs: case 1: /),
  ]);
  expect(await failures(answers({ milliseconds: 900 }), { maxP95Ms: 500 })).toEqual([
    expect.stringContaining("95 % within 900 ms, at most 500 ms"),
  ]);
  expect(await failures({}, { memoryBudgetBytes: 50e6 })).toEqual([
    "memory stays in its budget: 100 MB, at most 50 MB",
  ]);
});

test("a server that dies on the way is not asked the rest", async () => {
  let asked = 0;
  const predict = (): Promise<Answer> => {
    asked += 1;
    return asked > 10 ? Promise.reject(new Error("ECONNREFUSED")) : Promise.resolve(right);
  };
  const [reason] = await failures({ predict }, { predictions: 1_000_000 });
  expect(reason).toMatch(/^predictions are fast and do not fail: 1 of \d failed: ECONNREFUSED$/);
  expect(asked).toBe(11);
  asked = -990;
  const share = { predictions: 1000, maxErrorRate: 0.02 };
  expect(await failures({ predict }, share)).toEqual([]);
});

test("a server that is never ready fails, and nothing else is tried", async () => {
  const ready = (): Promise<boolean> => Promise.resolve(false);
  expect(await failures({ ready }, { readyMs: 0 })).toEqual([
    "the server is ready: http://127.0.0.1:1: not ready within 0 s",
  ]);
});
