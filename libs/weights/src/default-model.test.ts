import { expect, test } from "@jest/globals";
import type { Collected, WeightFile } from "./collect.ts";
import { defaultModel, toModelName } from "./default-model.ts";

const collected = (folder: string, ...names: string[]): Collected => ({
  folder,
  files: names.map((name) => ({ name }) as WeightFile),
});

test("the metadata's name comes first, brought into the grammar", () => {
  expect(defaultModel(collected("/w", "best.pt"), "SAIT Audio Classifier")).toBe(
    "sait-audio-classifier",
  );
});

test("a stem that all weight files share, JSON aside", () => {
  expect(defaultModel(collected("/w/x", "yolov8m.pt"))).toBe("yolov8m");
  expect(defaultModel(collected("/w/x", "cnn.onnx", "cnn.pt", "labels.json"))).toBe("cnn");
  expect(defaultModel(collected("/w/x", "deep/CNN_Best.onnx"))).toBe("cnn_best");
});

test("several stems: the folder's name, or its parent's where it says nothing", () => {
  expect(defaultModel(collected("/w/birds", "a.pt", "b.pt"))).toBe("birds");
  expect(defaultModel(collected("/w/My Birds/weights", "a.pt", "b.pt"))).toBe("my-birds");
  expect(defaultModel(collected("/models", "a.pt", "b.pt"))).toBe("models");
  expect(defaultModel(collected("/", "a.pt", "b.pt"))).toBe("model");
});

test("names are cut and trimmed to the grammar", () => {
  expect(toModelName("..-Ünï v1.")).toBe("n-v1");
  expect(toModelName("x".repeat(150))).toHaveLength(100);
  expect(toModelName("日本")).toBe("");
});
