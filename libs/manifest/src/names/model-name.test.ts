import { expect, test } from "@jest/globals";

import { isModelName } from "./model-name.ts";

test("model names", () => {
  const names = ["yolov8m", "sait_audio_classifier", "0", "a.b-c_d", "a".repeat(100)];
  expect(names.filter((name) => !isModelName(name))).toEqual([]);
  const wrong = ["", "Yolo", "-a", ".a", "a/b", "a b", "a\n", "a".repeat(101), "é"];
  expect(wrong.filter((name) => isModelName(name))).toEqual([]);
  expect(isModelName(undefined)).toBe(false);
});
