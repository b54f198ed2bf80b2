import { expect, test } from "@jest/globals";
import * as training from "./index.ts";

test("the room exports exactly this", () => {
  expect(Object.keys(training).sort()).toEqual([
    "TrainingError",
    "accuracy",
    "classify",
    "decodeModel",
    "elementType",
    "encodeModel",
    "float32Tensor",
    "float32Values",
    "headToOnnx",
    "int64Tensor",
    "model",
    "modelDefaults",
    "node",
    "seededRandom",
    "trainDefaults",
    "trainHead",
    "valueInfo",
  ]);
});
