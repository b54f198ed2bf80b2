import { expect, test } from "@jest/globals";
import type { TrainingRun } from "@plimsoll/api";
import { runStages } from "./run-words.ts";
import { stageOfRun, stageStates } from "./stage-of-run.ts";

const run = (stage: string, epochs = 0): Pick<TrainingRun, "stage" | "state" | "curve"> => ({
  stage,
  state: "running",
  curve: Array.from({ length: epochs }, (_, index) => ({ epoch: index + 1 })),
});

test("a run only ever goes forward, in the order in which the pipeline tells of it", () => {
  const told = [
    run("queued"),
    run("samples"),
    run("download"),
    run("baseline"),
    run("train"),
    run("features"),
    run("decode"),
    run("train", 3),
    run("export", 9),
    run("evaluate", 9),
    run("publish", 9),
    run("promote", 9),
    run("done", 9),
  ].map(stageOfRun);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect([told[0], told.at(-1)]).toEqual([-1, runStages.length]);
});

test("a failure stands where it happened, what was before is done", () => {
  const states = stageStates({ ...run("evaluate", 4), state: "failed" });
  expect(states.indexOf("failed")).toBe(runStages.indexOf("evaluate"));
  expect(states.filter((state) => state === "done")).toHaveLength(runStages.indexOf("evaluate"));
});
