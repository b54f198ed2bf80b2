import { expect, test } from "@jest/globals";
import * as inference from "./index.ts";

test("the room exports exactly this", () => {
  expect(Object.keys(inference).sort()).toEqual([
    "InferenceError",
    "decodeModel",
    "elementType",
    "encodeModel",
    "float32Tensor",
    "float32Values",
    "inferenceDefaults",
    "int64Tensor",
    "model",
    "modelDefaults",
    "node",
    "openModels",
    "openPipeline",
    "valueInfo",
  ]);
});
