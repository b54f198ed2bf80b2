import { expect, test } from "@jest/globals";

import { checkContent } from "./check-content.ts";

const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const other = sha256.replace("b", "c");
const pinned = { checksum: sha256, size: 3, required: true };

test("what is pinned passes", () => {
  expect(() => checkContent("a.pt", pinned, { sha256, size: 3 })).not.toThrow();
});

test("another digest is E_DIGEST and names file, digests, source and the way out", () => {
  expect(() =>
    checkContent("a.pt", pinned, { sha256: other, size: 3, source: "https://h/a.pt" }),
  ).toThrow(
    expect.objectContaining({
      code: "E_DIGEST",
      message: `a.pt: ${sha256} expected, got ${other} from https://h/a.pt: sync again with --force, or publish again if this is the file that was meant`,
    }),
  );
});

test("another size is E_SIZE", () => {
  expect(() => checkContent("a.pt", pinned, { sha256, size: 4 })).toThrow(
    expect.objectContaining({
      code: "E_SIZE",
      message: expect.stringContaining("3 bytes expected, got 4"),
    }),
  );
});

test("size_mb decides only where there is no digest", () => {
  const size = 99_000_000;
  expect(() =>
    checkContent("a", { checksum: sha256, size_mb: 1, required: true }, { sha256, size }),
  ).not.toThrow();
  expect(() => checkContent("a", { size_mb: 1, required: true }, { sha256, size })).toThrow(
    "bytes expected",
  );
  expect(() => checkContent("a", { required: true }, { sha256, size })).not.toThrow();
});
