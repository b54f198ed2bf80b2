import { expect, test } from "@jest/globals";
import fc from "fast-check";

import { assetName, fileOfName } from "./asset-name.ts";

test.each([
  ["w.onnx", "w.onnx"],
  ["a/b.bin", "a--b.bin"],
  ["a--b.bin", "a-@2Db.bin"],
  ["a-/b", "a@2D--b"],
  ["a..b", "a.@2Eb"],
  ["x+y@1.pt", "x+y@1.pt"],
  ["x@2D", "x@402D"],
])("%s is named %s and read back", (file, name) => {
  expect(assetName(file)).toBe(name);
  expect(fileOfName(name)).toBe(file);
});

test("every file has a name of its own that GitHub leaves as it is", () => {
  const segment = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+@-]{0,8}$/);
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
      const file = segments.join("/");
      const name = assetName(file);
      expect(fileOfName(name)).toBe(file);
      expect(name).toMatch(/^[A-Za-z0-9._+@-]+$/);
      expect(name).not.toMatch(/\.\./);
    }),
  );
});

test("a name that is too long is E_PATH", () => {
  expect(() => assetName(Array.from({ length: 4 }, () => "x".repeat(99)).join("/"))).toThrow(
    expect.objectContaining({ code: "E_PATH" }),
  );
});
