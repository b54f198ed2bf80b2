import { expect, test } from "@jest/globals";
import { floats } from "../fixtures/small-models.ts";
import type { NamedTensor } from "../tensor.ts";
import type { OrtSession } from "./ort-session.ts";
import { warmUp } from "./warm-up.ts";

const settings = { maxBatch: 8, minGain: 1.2, probeMs: 300 };

interface Fake {
  /** Milliseconds of a run by its rows. */
  readonly cost?: (rows: number) => number;
  /** The outputs of a run. */
  readonly answer?: (rows: number, values: Float32Array) => readonly number[];
  readonly shape?: readonly number[];
}

/** A model [rows, 2] → [rows, 2] whose runs take as long as `cost` says, on a clock of their own. */
function fake({ cost = () => 1, answer = (_, values) => [...values], shape = [-1, 2] }: Fake): {
  readonly session: OrtSession;
  readonly now: () => number;
  readonly runs: number[];
} {
  let time = 0;
  const runs: number[] = [];
  const session: OrtSession = {
    inputs: [{ name: "x", type: "FP32", shape }],
    outputs: [{ name: "y", type: "FP32", shape }],
    run: ([x]: readonly NamedTensor[]) => {
      const rows = x?.shape[0] ?? 0;
      runs.push(rows);
      time += cost(rows);
      const bytes = x?.data instanceof Uint8Array ? x.data : new Uint8Array();
      const values = new Float32Array(bytes.slice().buffer);
      return Promise.resolve([floats("y", [rows, 2], answer(rows, values))]);
    },
  };
  return { session, now: () => time, runs };
}

const batchOf = (options: Fake, with_: Partial<typeof settings> = {}): Promise<number> => {
  const { session, now } = fake(options);
  return warmUp(session, { ...settings, ...with_ }, now);
};

test("runs are joined where a run costs the same for eight rows as for one", async () => {
  expect(await batchOf({})).toBe(8);
  expect(await batchOf({}, { maxBatch: 4 })).toBe(4);
  expect(await batchOf({ cost: (rows) => 1 + 0.5 * rows })).toBe(8);
});

test("runs are not joined where that does not pay, whatever is set", async () => {
  expect(await batchOf({ cost: (rows) => rows })).toBe(1);
  expect(await batchOf({ cost: (rows) => 0.1 + rows })).toBe(1);
  expect(await batchOf({}, { maxBatch: 1 })).toBe(1);
});

test("runs are not joined where rows look at one another, or the first axis is fixed", async () => {
  const mixed = (_: number, values: Float32Array): number[] => {
    const sum = values.reduce((total, value) => total + value, 0);
    return [...values].map((value) => value / sum);
  };
  expect(await batchOf({ answer: mixed })).toBe(1);
  expect(await batchOf({ shape: [1, 2] })).toBe(1);
});

test("a slow model is run once and not measured; one that refuses made-up input is not blamed", async () => {
  const slow = fake({ cost: (rows) => 100 * rows });
  expect(await warmUp(slow.session, settings, slow.now)).toBe(1);
  expect(Math.max(...slow.runs)).toBe(1);
  const refusing = fake({});
  const session = { ...refusing.session, run: () => Promise.reject(new Error("odd input")) };
  expect(await warmUp(session, settings, refusing.now)).toBe(1);
});
