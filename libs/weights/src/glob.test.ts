import { expect, test } from "@jest/globals";
import { globMatcher } from "./glob.ts";

test.each([
  ["*.onnx", "best.onnx", true],
  ["*.onnx", "deep/er/best.onnx", true],
  ["*.onnx", "best.onnx.data", false],
  ["deep/*.onnx", "deep/best.onnx", true],
  ["deep/*.onnx", "deep/er/best.onnx", false],
  ["deep/**", "deep/er/best.onnx", true],
  ["**/best.*", "best.pt", true],
  ["**/best.*", "a/b/best.pt", true],
  ["./a/*.pt", "a/x.pt", true],
  ["{best,last}.{pt,onnx}", "last.onnx", true],
  ["{best,last}.{pt,onnx}", "worst.onnx", false],
  ["v?.pt", "v1.pt", true],
  ["v?.pt", "v10.pt", false],
  ["a.b+c", "a.b+c", true],
  ["a.b+c", "aXbbc", false],
  ["[x].pt", "x.pt", false],
  ["{open", "{open", true],
])("%s on %s: %s", (glob, name, expected) => {
  expect(globMatcher([glob])(name)).toBe(expected);
});

test("any of several globs is enough, none of none", () => {
  expect(globMatcher(["*.pt", "*.onnx"])("a.onnx")).toBe(true);
  expect(globMatcher([])("a.onnx")).toBe(false);
});
