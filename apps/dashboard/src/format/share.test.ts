import { expect, test } from "@jest/globals";
import { share } from "./share.ts";

test.each([
  [0, "0 %"],
  [0.1234, "12.3 %"],
  [0.99999, "99.9 %"],
  [1, "100 %"],
  [undefined, "–"],
])("%p reads %p", (value, text) => {
  expect(share(value)).toBe(text);
});
