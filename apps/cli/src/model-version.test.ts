import { expect, test } from "@jest/globals";
import { parseModelVersion } from "./model-version.ts";

test("a model, with or without a version", () => {
  expect(parseModelVersion("yolov8m")).toEqual({ model: "yolov8m", version: undefined });
  expect(parseModelVersion("yolov8m@v2.1.0-weapons")).toEqual({
    model: "yolov8m",
    version: "v2.1.0-weapons",
  });
  expect(parseModelVersion("yolov8m@latest").version).toBe("latest");
});

test("V4: what could walk through a store is refused", () => {
  for (const text of [
    "../x",
    "a/b",
    "",
    "@v1.0.0",
    "A",
    "m@../x",
    "m@",
    "m@v1.0.0/..",
    "m@%2e%2e",
  ]) {
    expect(() => parseModelVersion(text)).toThrow(/a model's name is|a version is/);
  }
});
