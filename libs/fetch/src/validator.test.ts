import { expect, test } from "@jest/globals";
import { isStrong, validatorOf } from "./validator.ts";

const modified = { "last-modified": "Sat, 21 Nov 2026 10:00:00 GMT" };

test("N7: a strong ETag is the validator, a weak one only together with time and size", () => {
  const strong = validatorOf({ etag: '"a"', headers: { etag: '"a"', ...modified }, totalBytes: 5 });
  expect([strong, isStrong(strong)]).toEqual(['"a"', true]);
  const weak = (etag: string, totalBytes: number): string | undefined =>
    validatorOf({ etag: undefined, headers: { etag, ...modified }, totalBytes });
  expect(isStrong(weak('W/"a"', 5))).toBe(false);
  expect(weak('W/"a"', 5)).toBe(weak('W/"a"', 5));
  expect(weak('W/"a"', 5)).not.toBe(weak('W/"b"', 5));
  expect(weak('W/"a"', 5)).not.toBe(weak('W/"a"', 6));
});

test("without an ETag the time of change counts, and without both there is none", () => {
  const dated = validatorOf({ etag: undefined, headers: modified, totalBytes: 5 });
  expect([typeof dated, isStrong(dated)]).toEqual(["string", false]);
  const bare = validatorOf({ etag: undefined, headers: {}, totalBytes: 5 });
  expect([bare, isStrong(bare)]).toEqual([undefined, false]);
});
