import { expect, test } from "@jest/globals";
import { readTrainSettings } from "./train-settings.ts";

test("the fields of a model become its rules, its run and its gate", () => {
  const models = {
    sounds: {
      classes: ["engine"],
      schedule: "0 3 * * *",
      newSamples: 100,
      promoteTo: "production",
      minAccuracy: 0.9,
      head: "softmax",
      backbone: "./yamnet.onnx",
      backboneOutput: "embeddings",
      copies: 3,
    },
    plain: {},
  };
  expect(readTrainSettings({ models })).toEqual({
    sounds: {
      classes: ["engine"],
      schedule: "0 3 * * *",
      newSamples: 100,
      run: {
        promoteTo: "production",
        head: "softmax",
        backbone: { path: "./yamnet.onnx", output: "embeddings" },
        copies: 3,
        gate: { minAccuracy: 0.9 },
      },
    },
    plain: { run: {} },
  });
});

test.each([
  [{ modles: {} }, "train.modles"],
  [{ models: { "../x": {} } }, "train.models.../x"],
  [{ models: { a: { clases: [] } } }, "train.models.a.clases"],
  [{ models: { a: { classes: "x" } } }, "train.models.a.classes"],
  [{ models: { a: { copies: 1.5 } } }, "train.models.a.copies"],
  [{ models: { a: { minAccuracy: 90 } } }, "train.models.a.minAccuracy"],
  [{ models: { a: { head: "svm" } } }, "train.models.a.head"],
  [{ models: { a: { approval: "yes" } } }, "train.models.a.approval"],
  [{ models: { a: { backboneInput: "x" } } }, "train.models.a.backboneInput"],
  [[], "train"],
])("%j is refused, and the key named", (json, key) => {
  expect(() => readTrainSettings(json)).toThrow(
    expect.objectContaining({ code: "E_USAGE", message: expect.stringContaining(`${key}: `) }),
  );
});
