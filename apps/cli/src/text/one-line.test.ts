import { expect, test } from "@jest/globals";
import { oneLine } from "./one-line.ts";

test("M22: text from elsewhere stays one line and cannot move the cursor", () => {
  expect(oneLine("a\n  b\r\nc\td")).toBe("a b c d");
  expect(oneLine("\u001b[2Jx")).toBe("\\u001b[2Jx");
  expect(oneLine("x".repeat(50), 10)).toBe(`${"x".repeat(10)}…`);
});
