import { expect, test } from "@jest/globals";
import { table } from "./table.ts";

test("columns line up and lines have no trailing space", () => {
  const rows = [
    ["name", "size", ""],
    ["a.onnx", "1 B", "ok"],
    ["long-name.pt", "16.5 MB", ""],
  ];
  expect(table(rows, ["left", "right"])).toEqual([
    "name             size",
    "a.onnx            1 B  ok",
    "long-name.pt  16.5 MB",
  ]);
});
