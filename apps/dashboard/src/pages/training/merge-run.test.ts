import { expect, test } from "@jest/globals";
import type { TrainingRun } from "@plimsoll/api";
import { mergeRun } from "./merge-run.ts";

const run: TrainingRun = {
  id: "r",
  model: "m",
  state: "running",
  stage: "features",
  progress: 0.4,
  createdAt: "2026-11-21T10:00:00Z",
  curve: [{ epoch: 1, loss: 2 }],
};

test("points of the stream come after those of the record, each epoch once, in order", () => {
  const points = [
    { epoch: 3, loss: 1 },
    { epoch: 1, loss: 2 },
    { epoch: 2, loss: 1.5 },
  ];
  expect(mergeRun(run, { points }).curve.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
});

test("the stage is the stream's, and progress never goes back", () => {
  expect(mergeRun(run, { points: [], stage: "train", progress: 0.2 })).toMatchObject({
    stage: "train",
    progress: 0.4,
  });
});

test("a finished record wins over what the stream told last", () => {
  const ended = { ...run, state: "succeeded" as const, stage: "promote", progress: 1 };
  expect(mergeRun(ended, { points: [], stage: "train", progress: 0.5 })).toMatchObject({
    stage: "promote",
    progress: 1,
  });
});
