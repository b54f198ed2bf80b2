import { expect, test } from "@jest/globals";
import { isShown, parseLogLevel } from "./log-level.ts";

test("levels are read in any case and by other worlds' names", () => {
  expect(parseLogLevel("INFO", "LOG_LEVEL")).toBe("info");
  expect(parseLogLevel("WARNING", "LOG_LEVEL")).toBe("warn");
  expect(parseLogLevel("Critical", "LOG_LEVEL")).toBe("error");
  expect(() => parseLogLevel("loud", "LOG_LEVEL")).toThrow(
    'LOG_LEVEL: "loud" is none of silent, error, warn, info, debug',
  );
});

test("a threshold lets through what is at least as grave", () => {
  expect(isShown("warn", "info")).toBe(true);
  expect(isShown("info", "warn")).toBe(false);
  expect(isShown("error", "silent")).toBe(false);
});
