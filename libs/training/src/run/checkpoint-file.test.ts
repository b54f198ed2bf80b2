import { writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import type { FitProgress } from "../step/fit-state.ts";
import { checkpointFile } from "./checkpoint-file.ts";

const state = {
  parameters: Float32Array.of(1, -2.5, 3e-30),
  statistics: Float32Array.of(0.5),
};
const progress: FitProgress = {
  epoch: 3,
  state: {
    ...state,
    first: Float32Array.of(1, 2, 3),
    second: Float32Array.of(4, 5, 6),
    averaged: state,
  },
  best: { loss: Infinity, epoch: 0, state },
  curves: [{ epoch: 1, loss: 0.7 }],
};

test("what is written is read again; what is cut off or not there is nothing", async () => {
  await using dir = await tempDir();
  const file = checkpointFile(dir.join("checkpoint.json"));
  expect(await file.read()).toBeUndefined();
  await file.write(progress);
  expect(await file.read()).toEqual(progress);
  await writeFile(dir.join("checkpoint.json"), '{"epoch":3,"state":{"parameters":"AA');
  expect(await file.read()).toBeUndefined();
});
