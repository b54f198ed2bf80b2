import { expect, test } from "@jest/globals";
import * as training from "./index.ts";

test("the room exports exactly this", () => {
  expect(Object.keys(training).sort()).toEqual([
    "TrainingError",
    "accuracy",
    "checkGate",
    "classify",
    "computeMetrics",
    "gateDefaults",
    "headToOnnx",
    "seededRandom",
    "trainDefaults",
    "trainHead",
    "trainModel",
    "trainModelDefaults",
  ]);
});
