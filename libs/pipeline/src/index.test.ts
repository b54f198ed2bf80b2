import { expect, test } from "@jest/globals";
import * as pipeline from "./index.ts";

test("the room exports exactly this", () => {
  expect(Object.keys(pipeline).sort()).toEqual([
    "PipelineError",
    "addSamples",
    "approveSamples",
    "countClasses",
    "countNew",
    "createRun",
    "csvCell",
    "currentCommit",
    "datasetKeys",
    "executeRun",
    "folderSamples",
    "listOriginals",
    "listRuns",
    "listTrained",
    "nextVersion",
    "openSamples",
    "openTraining",
    "openWorker",
    "performRun",
    "readRun",
    "readTrainSettings",
    "runDefaults",
    "sampleLimits",
    "sampleQuotas",
    "storeSamples",
  ]);
});
