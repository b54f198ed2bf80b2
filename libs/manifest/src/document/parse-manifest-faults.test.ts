import { expect, test } from "@jest/globals";

import { parseManifest } from "./parse-manifest.ts";
import { printable } from "../text/printable.ts";
import { digest, entry, other, read, refusal } from "../testing/manifest-trial.ts";

test("M1-M7: names outside the grammar are refused with E_PATH, and the place is named", () => {
  const names = [
    "../x",
    "/etc/x",
    "a\u001b[2Jb",
    "CON",
    "a".repeat(101),
    "manifest.json",
    "__proto__",
  ];
  for (const name of names) {
    const text = `{"weights":{${JSON.stringify(name)}:{"url":"./x"}}}`;
    expect(refusal(text)).toMatch(/^E_PATH manifest\.json: weights: [\x20-\x7e]+$/);
  }
  expect(refusal({ weights: { "A.pt": entry, "a.pt": entry } })).toContain("E_PATH");
  expect(refusal({ weights: { a: entry, "a/b": entry } })).toContain("E_PATH");
});

test("M8: the same file twice is refused", () => {
  const twice = `{"weights":{"a":{"checksum":"${digest}"},"a":{"checksum":"${other}"}}}`;
  expect(refusal(twice)).toContain("E_MANIFEST_PARSE");
});

test("M9: the same field twice is refused", () => {
  const twice = `{"weights":{"a":{"checksum":"${digest}","\\u0063hecksum":"${other}"}}}`;
  expect(refusal(twice)).toContain("E_MANIFEST_PARSE");
});

test("M10: the names of a prototype are files or unknown fields like any other", () => {
  const text = `{"__proto__":{"isAdmin":true},"weights":{"constructor":{"url":"./c","__proto__":1},"toString":{"url":"./t"},"hasOwnProperty":{"url":"./h"}}}`;
  const { manifest } = parseManifest(Buffer.from(text));
  expect([...manifest.weights.keys()]).toEqual(["constructor", "toString", "hasOwnProperty"]);
  expect(Reflect.get({}, "isAdmin")).toBeUndefined();
  expect(refusal('{"version":"2.0"}')).toContain("no weights");
});

test("M12: caps on the number of files and on all their bytes, at least one file", () => {
  const files = (count: number): unknown => ({
    version: "2.0",
    weights: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`f${index}`, { checksum: digest, size: 10 }]),
    ),
  });
  expect(refusal(files(10_000))).toBe("read");
  expect(refusal(files(10_001))).toContain("E_LIMIT");
  expect(refusal(files(0))).toContain("E_LIMIT");
  expect(refusal(files(3), { maxFiles: 2 })).toContain("E_LIMIT");
  expect(refusal(files(3), { maxTotalBytes: 30 })).toBe("read");
  expect(refusal(files(3), { maxTotalBytes: 29 })).toContain("30 bytes in all");
});

test("M15: a manifest above 4 MiB is not read", () => {
  const padded = (size: number): string => {
    const text = JSON.stringify({ weights: { a: { url: "./a" } } });
    return text + " ".repeat(size - text.length);
  };
  const cap = 4 * 1024 * 1024;
  expect(refusal(padded(cap - 1))).toBe("read");
  expect(refusal(padded(cap))).toBe("read");
  expect(refusal(padded(cap + 1))).toContain("E_LIMIT");
});

test("M16: nesting above 16 is not read, even in a field that nobody knows", () => {
  const nested = (depth: number): string =>
    `{"weights":{"a":{"url":"./a"}},"x":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  expect(refusal(nested(15))).toBe("read");
  expect(refusal(nested(16))).toContain("E_MANIFEST_PARSE");
  expect(refusal(nested(64))).toContain("E_MANIFEST_PARSE");
  expect(refusal(nested(100_000))).toContain("E_MANIFEST_PARSE");
});

test("M17: a manifest that is not plain UTF-8 is not read", () => {
  const text = JSON.stringify({ weights: { a: { url: "./a" } } });
  for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.from(text, "utf16le")]) {
    expect(() => parseManifest(bytes)).toThrow("save it as UTF-8");
  }
});

test("M18: what is no object is refused, its beginning shown", () => {
  const wrong = [
    "",
    "null",
    "[]",
    '"x"',
    "{}{}",
    "{}x",
    '{"weights":{},}',
    "{}//x",
    "<!DOCTYPE html>",
  ];
  expect(wrong.filter((text) => !refusal(text).startsWith("E_MANIFEST_PARSE"))).toEqual([]);
  expect(refusal("<html>404\n", { source: "https://h/m.json" })).toContain('"<html>404\\x0a"');
  expect(refusal("{}")).toContain("E_MANIFEST_SCHEMA manifest.json: no weights");
});

test("M19: unknown fields change nothing and stay, with the bytes as they came", () => {
  const text = `{ "future": [1.50, {"x": null}],\n"version":"2.3","weights":{"a":{"url":"./a","checksum":"${digest}","colour":{"r":1}}}}`;
  const bytes = Buffer.from(text);
  const parsed = parseManifest(bytes);
  expect(parsed.manifest.weights.get("a")).toEqual({
    url: "./a",
    checksum: digest,
    algorithm: "sha256",
    required: true,
  });
  expect(Buffer.from(parsed.bytes).toString()).toBe(text);
  expect(parsed.document["future"]).toEqual([1.5, Object.assign(Object.create(null), { x: null })]);
  expect(JSON.stringify(parsed.document["weights"])).toContain('"colour":{"r":1}');
});

test("M20: another major version is refused with the way out, a newer minor is read", () => {
  const version = (value: unknown): string => refusal({ version: value, weights: { a: entry } });
  expect(version("3.0")).toContain("upgrade plimsoll to a version that reads 3.x");
  expect(["0.9", "10.0"].map(version).filter((text) => !text.includes("upgrade"))).toEqual([]);
  for (const value of [2, 1.5, "1", "", "2", "2.0.1", "v2.0", null, " 2.0"]) {
    expect(version(value)).toContain('a text like "2.0" expected');
  }
  expect(["1.0", "1.9", "2.0", "2.9", undefined].map(version)).toEqual(Array(5).fill("read"));
});

test("M20: a format that only a newer minor knows is left out, not refused", () => {
  const { manifest, warnings } = read({
    version: "2.9",
    weights: { "a.pt": { ...entry, format: "jax\u001b" } },
  });
  expect(manifest.weights.get("a.pt")?.format).toBeUndefined();
  expect(warnings).toEqual([
    'weights["a.pt"].format: the text "jax\\u001b" is no format known here, left out',
  ]);
});

test("M22: a description is capped, and what is printed of it cannot move the cursor", () => {
  const described = (description: string): unknown => ({
    version: "2.0",
    description,
    weights: { a: entry },
  });
  expect(refusal(described("x".repeat(1_000_000)))).toContain("E_LIMIT");
  expect(refusal(described("x".repeat(4096)))).toBe("read");
  const { manifest } = read(described("\u001b]0;pwned\u0007<b>**hi**</b>\r\u202e"));
  expect(printable(manifest.description ?? "")).toMatchInlineSnapshot(
    `"\\u001b]0;pwned\\u0007<b>**hi**</b>\\u000d\\u202e"`,
  );
});
