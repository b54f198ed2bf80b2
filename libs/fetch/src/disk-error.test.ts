import { expect, test } from "@jest/globals";
import { diskError, isDiskFull, namingFile } from "./disk-error.ts";
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

test("D1: the error names the file before the path of its half", () => {
  const error = diskError(failed("ENOSPC"), "/cache/v1/partial/ab.token");
  const named = namingFile(error, "cnn.onnx");
  expect(named).toMatchObject({ code: "E_DISK" });
  expect(String(named)).toContain("cnn.onnx: /cache/v1/partial/ab.token: the disk is full");
  expect(namingFile(named, "cnn.onnx")).toBe(named);
  expect(isDiskFull(named)).toBe(true);
  const other = new FetchError("E_SIZE", "too long");
  expect(namingFile(other, "cnn.onnx")).toBe(other);
});
