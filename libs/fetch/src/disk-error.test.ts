import { expect, test } from "@jest/globals";
import { diskError, isDiskFull } from "./disk-error.ts";
import { FetchError } from "./error.ts";

const failed = (code: string): Error => Object.assign(new Error(`${code}: raw`), { code });

test.each([
  ["ENOSPC", "the disk is full"],
  ["EFBIG", "ulimit -f"],
  ["EROFS", "read-only"],
  ["EACCES", "may not write"],
  ["EMFILE", "ulimit -n"],
  ["EIO", "not to be trusted"],
  ["EXDEV", "same file system"],
])("D1-D3: %s is E_DISK, with the path and: %s", (code, reason) => {
  const error = diskError(failed(code), "/models/a");
  expect([error.code, error.message]).toEqual(["E_DISK", expect.stringContaining(reason)]);
  expect(error.message).toMatch(new RegExp(`^/models/a: .*\\(${code}\\)$`));
  expect(isDiskFull(error)).toBe(code === "ENOSPC");
});

test("an unknown failure keeps its own words, one of ours is passed on", () => {
  expect(diskError(failed("EWEIRD"), "/a").message).toBe("/a: EWEIRD: raw");
  const ours = new FetchError("E_SIZE", "too long");
  expect(diskError(ours, "/a")).toBe(ours);
  expect(isDiskFull(undefined)).toBe(false);
});
