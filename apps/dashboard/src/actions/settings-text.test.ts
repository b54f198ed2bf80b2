import { expect, test } from "@jest/globals";
import { readSettings, settingsChanges, settingsText } from "./settings-text.ts";

const settings = {
  confidence_threshold: 0.3,
  class_thresholds: { "red = blue": 0.4 },
  labels: ["drone", "bird"],
  categories: { threat: ["gun", "knife fight"] },
  traffic: { weights: { "v1.0.0": 1 } },
  timeout_ms: 5000,
};

test("settings written as text and read again are the same, those without a field included", () => {
  expect(readSettings(settings, settingsText(settings))).toEqual(settings);
});

test("an emptied field takes the setting away and leaves the others", () => {
  const text = { ...settingsText(settings), labels: "", confidence: " " };
  const next = readSettings(settings, text);
  expect(next).not.toHaveProperty("labels");
  expect(next).not.toHaveProperty("confidence_threshold");
  expect(next).toMatchObject({ timeout_ms: 5000 });
});

test.each([
  [{ confidence: "1.5" }, "Confidence must be a number from 0 to 1"],
  [{ iou: "much" }, "Overlap must be a number from 0 to 1"],
  [{ thresholds: "drone 0.4" }, "“drone 0.4”: write class = 0.4"],
  [{ categories: "words" }, "“words”: write category: word, other words"],
])("%p is refused with a sentence", (change, sentence) => {
  expect(readSettings({}, { ...settingsText({}), ...change })).toBe(sentence);
});

test("what differs is named with both values", () => {
  expect(settingsChanges(settings, { ...settings, confidence_threshold: 0.5 })).toEqual([
    "confidence_threshold: from 0.3 to 0.5.",
  ]);
  expect(settingsChanges({}, { labels: ["a"] })).toEqual(["labels: from not set to 1 entries."]);
});
