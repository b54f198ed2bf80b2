import { expect, test } from "@jest/globals";

import { diskError } from "./disk-error.ts";

test("D1, D2, D3: an error of the file system is E_DISK with what it means; a bug stays a bug", () => {
  for (const [code, text] of [
    ["ENOSPC", /no space left/],
    ["EDQUOT", /quota/],
    ["EROFS", /read-only/],
    ["EACCES", /not allowed/],
    ["EFBIG", /larger than a file may be/],
    ["EMFILE", /ulimit -n/],
    ["EIO", /disk reported an error/],
    ["EWEIRD", /refused \(EWEIRD\)/],
  ] as const) {
    const cause = Object.assign(new Error(code), { code, syscall: "write" });
    expect(diskError(cause, "/srv/w.pt")).toMatchObject({
      code: "E_DISK",
      message: expect.stringMatching(text),
      cause,
    });
  }
  const bug = new TypeError("x is not a function");
  expect(diskError(bug, "/srv/w.pt")).toBe(bug);
});
