import { expect, test } from "@jest/globals";
import { shareText } from "./share.ts";

test("a share is rounded down, an empty side shares all", () => {
  const share = { bytes: 1000, sharedBytes: 999, fetchBytes: 1 };
  expect(shareText(share)).toBe("99 % of bytes shared, update 1 B of 1.0 KB");
  expect(shareText({ bytes: 0, sharedBytes: 0, fetchBytes: 0 })).toMatch(/^100 %/);
});
