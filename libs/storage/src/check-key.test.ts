import { expect, test } from "@jest/globals";

import { checkKey, checkPrefix, isKey } from "./check-key.ts";
import type { StorageError } from "./error.ts";

const refused = (key: string) => {
  expect(() => checkKey(key)).toThrow(expect.objectContaining({ code: "E_PATH" }));
  expect(isKey(key)).toBe(false);
};

test.each([
  "a",
  "models/yolov8m/v1.0.0/best.onnx",
  "models/m/v2.1.0-weapons/A+b@c_d-e..f.pt",
  "9/console/com10/nulls/auxiliary",
  "x".repeat(100),
  Array.from({ length: 12 }, () => "s").join("/"),
])("%s is a key", (key) => {
  expect(() => checkKey(key)).not.toThrow();
  expect(isKey(key)).toBe(true);
});

test.each(["../x", "a/../../x", "a/b/../../../x", ".", "..", "./a", "a/.hidden"])(
  "M1: %s climbs or hides and is refused",
  refused,
);

test.each(["/etc/x", "//h/s/x", "C:\\x", "C:x", "\\\\h\\s", "..\\x", "x:ads"])(
  "M2: %s names a place and is refused",
  refused,
);

test("M3: control characters are refused, and the message does not carry them", () => {
  for (const character of ["\u0000", "\n", "\u001b", "\u007f"]) {
    let message = "";
    try {
      checkKey(`a${character}b`);
    } catch (error) {
      message = (error as StorageError).message;
    }
    expect(message).toContain("\\u{");
    expect(message).not.toContain(character);
  }
});

test.each(["é", "ﬁ.onnx", "a\u202eb", "a\u200bb", "\u212a"])(
  "M4: %s is not ASCII and is refused",
  refused,
);

test.each([
  "CON",
  "aux.onnx",
  "COM1.txt",
  "lpt9",
  "a.",
  "a ",
  "",
  "a//b",
  "a/",
  "~/.ssh/x",
  "%2e%2e/x",
  "-a",
  "+a",
])("M5: %s is refused", refused);

test("M6: 100 characters a segment, 12 segments, 1,024 bytes, to the byte", () => {
  refused("x".repeat(101));
  expect(isKey(`${"x".repeat(100)}.chunks`)).toBe(true);
  refused(`${"x".repeat(101)}.chunks`);
  refused(`${"x".repeat(100)}.chunk`);
  refused(Array.from({ length: 13 }, () => "s").join("/"));
  const longest = Array.from({ length: 10 }, () => "y".repeat(100)).join("/");
  const exact = `${longest}/${"z".repeat(1024 - longest.length - 1)}`;
  expect(exact).toHaveLength(1024);
  expect(isKey(exact)).toBe(true);
  refused(`${exact}z`);
});

test("a prefix is empty, a key, a key with a slash, or the beginning of one", () => {
  for (const prefix of ["", "models/", "models", "models/m/v1.", "models/con"]) {
    expect(() => checkPrefix(prefix)).not.toThrow();
  }
  for (const prefix of ["/", "../", "models//", "a/../", ".x", "con/"]) {
    expect(() => checkPrefix(prefix)).toThrow(expect.objectContaining({ code: "E_PATH" }));
  }
});
