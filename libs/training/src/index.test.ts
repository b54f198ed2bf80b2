import { expect, test } from "@jest/globals";
import * as training from "./index.ts";

test("the room exports exactly this", () => {
  expect(Object.keys(training).sort()).toEqual([
    "TrainingError",
    "accuracy",
    "checkGate",
    "chooseBackbone",
    "classify",
    "computeMetrics",
    "evaluateVersion",
    "exportModel",
    "extractFeatures",
    "fitHead",
    "gateDefaults",
    "headToOnnx",
    "planFeatures",
    "readBackbone",
    "seededRandom",
    "splitSamples",
    "trainDefaults",
    "trainHead",
    "trainModel",
    "trainModelDefaults",
    "writeBackbone",
  ]);
});
