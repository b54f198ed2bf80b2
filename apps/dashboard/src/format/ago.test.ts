import { expect, test } from "@jest/globals";
import { ago } from "./ago.ts";

const now = Date.parse("2026-11-21T12:00:00Z");

test.each([
  ["2026-11-21T11:59:58Z", "just now"],
  ["2026-11-21T11:59:15Z", "45 s ago"],
  ["2026-11-21T11:01:00Z", "59 min ago"],
  ["2026-11-21T09:59:00Z", "2 h ago"],
  ["2026-11-11T12:00:00Z", "10 d ago"],
  ["2026-11-22T12:00:00Z", "2026-11-22 12:00"],
  ["yesterday", "–"],
  [undefined, "–"],
])("%p reads %p", (time, text) => {
  expect(ago(time, now)).toBe(text);
});
