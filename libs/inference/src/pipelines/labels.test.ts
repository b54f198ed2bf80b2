import { expect, test } from "@jest/globals";
import { labelOf, modelLabels, parseLabels } from "./labels.ts";

test("labels of an ONNX file: Ultralytics' dictionary, JSON arrays and objects", () => {
  expect(parseLabels("{0: 'bird', 1: 'drone'}")).toEqual(["bird", "drone"]);
  expect(parseLabels(`{0: "child's toy", 2: 'it\\'s', 1: 'a: b, 3'}`)).toEqual([
    "child's toy",
    "a: b, 3",
    "it's",
  ]);
  expect(parseLabels('["bird", "drone"]')).toEqual(["bird", "drone"]);
  expect(parseLabels('{"1": "drone", "0": "bird"}')).toEqual(["bird", "drone"]);
  expect(parseLabels("{0: 'a', 2: 'c', 999999999: 'z'}")).toEqual(["a", "1", "c"]);
  expect(parseLabels("what?")).toBeUndefined();
});

test("the configuration's labels win over the metadata's, these over the file's, and numbers are the last", () => {
  const modelMetadata = { names: "{0: 'from file', 1: 'two'}" };
  expect(modelLabels({ modelMetadata })).toEqual(["from file", "two"]);
  const labels = modelLabels({ metadata: { classes: ["bird"] }, modelMetadata });
  expect(labels).toEqual(["bird"]);
  expect(labelOf(0, {}, labels)).toBe("bird");
  expect(labelOf(1, {}, labels)).toBe("1");
  expect(labelOf(0, { labels: ["crow"] }, labels)).toBe("crow");
});
