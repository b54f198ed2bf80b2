import { expect, test } from "@jest/globals";

import { isLfsPointer, parseLfsPointer, refuseLfsPointer } from "./lfs-pointer.ts";

const oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`;

test("a pointer gives the digest and size of the real file", () => {
  expect(parseLfsPointer(Buffer.from(pointer))).toEqual({ oid, size: 12345 });
  const extended = pointer.replace("oid", `ext-0-foo sha256:${oid}\noid`).replaceAll("\n", "\r\n");
  expect(parseLfsPointer(Buffer.from(extended))).toEqual({ oid, size: 12345 });
});

test("what is no whole pointer is undefined", () => {
  const wrong = [
    "",
    "version 1",
    pointer.slice(0, 60),
    pointer.replace("4d7a", "4D7A"),
    `x${pointer}`,
  ];
  wrong.push(pointer.replace("12345", "many"), pointer.replace("spec/v1", "spec/v1x"));
  wrong.push(pointer + "x".repeat(1024));
  expect(wrong.filter((text) => parseLfsPointer(Buffer.from(text)) !== undefined)).toEqual([]);
});

test("a pointer in place of weights is refused with the way out", () => {
  expect(() => refuseLfsPointer("custom_cnn_best.pt", Buffer.from(pointer))).toThrow(
    expect.objectContaining({
      code: "E_LFS_POINTER",
      message:
        "custom_cnn_best.pt: a Git-LFS pointer, not the weights (the real file has 12345 bytes): run `git lfs pull` where it came from, then try again",
    }),
  );
});

test("a damaged pointer is still no weights", () => {
  const cut = Buffer.from(pointer.slice(0, 50));
  expect(isLfsPointer(cut)).toBe(true);
  expect(() => refuseLfsPointer("a\u001b.pt", cut)).toThrow(
    "a\\u001b.pt: a Git-LFS pointer, not the weights:",
  );
});

test("weights pass", () => {
  expect(() => refuseLfsPointer("a.pt", Buffer.from("PK\u0003\u0004"))).not.toThrow();
  expect(() =>
    refuseLfsPointer("a.txt", Buffer.from("version https://example.org\n")),
  ).not.toThrow();
});
