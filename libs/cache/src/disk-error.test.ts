import { expect, test } from "@jest/globals";
import { diskError } from "./disk-error.ts";
import { CacheError } from "./error.ts";

const system = (code: string): Error => Object.assign(new Error(code), { code });

test.each([
  ["ENOSPC", /no space is left: free some, or point PLIMSOLL_CACHE_DIR elsewhere/],
  ["EROFS", /read-only: point PLIMSOLL_CACHE_DIR/],
  ["EACCES", /no permission/],
  ["EMFILE", /ulimit -n/],
  ["EFBIG", /ulimit -f/],
  ["EIO", /the disk failed/],
  ["EWHATEVER", /EWHATEVER$/],
])("D2: %s is E_DISK with the path and what to do", (code, advice) => {
  const error = diskError(system(code), "/c/a\nb", "write the file");
  expect(error).toBeInstanceOf(CacheError);
  expect(error).toMatchObject({ code: "E_DISK", message: expect.stringMatching(advice) });
  expect(String(error)).toContain("/c/a\\u000ab: could not write the file: E");
});

test.each(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM"])(
  "D2: %s in the folder of an app does not send anybody to the cache",
  (code) => {
    const error = diskError(system(code), "/app/m.onnx", "put the file in its place", "folder");
    expect(error).toMatchObject({
      code: "E_DISK",
      message: expect.stringContaining("name a folder"),
    });
    expect(String(error)).not.toContain("PLIMSOLL_CACHE_DIR");
  },
);

test("errors of this room, an abort and a mistake of the program stay what they are", () => {
  for (const error of [
    new CacheError("E_LOCKED", "m"),
    new DOMException("stop", "AbortError"),
    Object.assign(new TypeError("m"), { code: "ERR_INVALID_ARG_TYPE" }),
    new Error("m"),
    undefined,
  ]) {
    expect(diskError(error, "/c", "do")).toBe(error);
  }
});
