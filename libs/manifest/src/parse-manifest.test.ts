import { expect, test } from "@jest/globals";

import { ManifestError } from "./error.ts";
import type { ParsedManifest } from "./manifest.ts";
import { parseManifest, type ManifestOptions } from "./parse-manifest.ts";
import { printable } from "./printable.ts";

const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const other = digest.replace("b", "c");
const entry = {
  url: "https://h/a.pt",
  size_mb: 16.5,
  checksum: digest,
  algorithm: "sha256",
  required: true,
};

const read = (document: unknown, options?: ManifestOptions): ParsedManifest =>
  parseManifest(Buffer.from(JSON.stringify(document)), options);

function refusal(document: unknown, options?: ManifestOptions): string {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  try {
    parseManifest(Buffer.from(text), options);
    return "read";
  } catch (error) {
    if (error instanceof ManifestError) return `${error.code} ${error.message}`;
    throw error;
  }
}

/** What becomes of a 2.0 manifest of one file with these fields. */
const withEntry = (fields: Record<string, unknown>, options?: ManifestOptions): string =>
  refusal(
    { version: "2.0", weights: { "a.pt": { ...entry, size: 17_301_504, ...fields } } },
    options,
  );

/** The same with a JSON text for `size`, for numbers that JSON.stringify does not write. */
const withSize = (size: string): string =>
  refusal(
    `{"version":"2.0","weights":{"a.pt":{"url":"./a.pt","checksum":"${digest}","size":${size}}}}`,
  );

test("a 1.0 manifest is read: no exact size, required by default", () => {
  const { manifest, warnings } = read({
    version: "1.0",
    weights: { "a.pt": entry, "b.pt": { url: "https://h/b.pt", checksum: other } },
  });
  expect(manifest.version).toBe("1.0");
  expect([...manifest.weights]).toEqual([
    ["a.pt", entry],
    ["b.pt", { url: "https://h/b.pt", checksum: other, algorithm: "sha256", required: true }],
  ]);
  expect(warnings).toEqual([]);
});

test("a 2.0 manifest is read with all that it may say", () => {
  const full = {
    ...entry,
    required: false,
    size: 17_301_504,
    mirrors: ["https://m/a.pt", "s3://bucket/a.pt?endpoint=https://s3.example", "./a.pt"],
    format: "pytorch-zip",
    chunks: { url: "https://h/a.pt.chunks", size: 96, checksum: other },
    encoding: "zstd",
    encoded_size: 5,
    encoded_checksum: other,
  };
  const split = {
    size: 3,
    checksum: digest,
    algorithm: "sha256",
    required: true,
    parts: [
      { url: "https://h/b.1", offset: 0, size: 2, checksum: digest },
      { url: "https://h/b.2", offset: 2, size: 1, checksum: other },
    ],
  };
  const document = {
    version: "2.0",
    description: "birds and drones",
    release: "v1.0.0",
    model: "custom_cnn",
    created_at: "2026-11-21T10:00:00Z",
    weights: { "a.pt": full, "b.pt": split },
    metadata: { task: "image-classification" },
  };
  const { manifest, warnings } = read(document);
  expect({ ...manifest, weights: Object.fromEntries(manifest.weights) }).toEqual(document);
  expect(warnings).toEqual([]);
});

test("WEIGHTS_URLS.json is read, with a warning for each file without a checksum", () => {
  const { manifest, warnings } = read({
    note: "uploaded by hand",
    weights: {
      "a.pt": { url: "https://h/a.pt", size_mb: 6.2, required: true },
      "b.pt": { url: "https://h/b.pt", size_mb: 1, required: false },
    },
  });
  expect(manifest.version).toBe("1.0");
  expect(manifest.weights.get("b.pt")).toEqual({
    url: "https://h/b.pt",
    size_mb: 1,
    required: false,
  });
  expect(warnings).toEqual([
    "a.pt: no checksum, its bytes cannot be verified: publish it to pin them",
    "b.pt: no checksum, its bytes cannot be verified: publish it to pin them",
  ]);
});

test("a checksum may be missing only where no version is named", () => {
  const weights = { "a.pt": { url: "https://h/a.pt" } };
  expect(refusal({ weights })).toBe("read");
  expect(refusal({ version: "1.0", weights })).toContain("E_MANIFEST_SCHEMA");
  expect(refusal({ version: "2.0", weights })).toContain('weights["a.pt"].checksum');
  expect(refusal({ weights: { "a.pt": { algorithm: "sha256" } } })).toContain("E_MANIFEST_SCHEMA");
  expect(refusal({ weights: { "a.pt": {} } })).toContain("neither url nor checksum");
});

test("the order of the document is kept, also for names that look like numbers", () => {
  const text = `{"weights":{"b":{"url":"./b"},"10":{"url":"./c"},"2":{"url":"./d"}}}`;
  expect([...parseManifest(Buffer.from(text)).manifest.weights.keys()]).toEqual(["b", "10", "2"]);
});

test("fields of 2.0 in a 1.0 manifest are somebody's own: ignored, with a warning", () => {
  const { manifest, warnings } = read({
    version: "1.0",
    release: "first try",
    weights: { "a.pt": { ...entry, size: "16 MB", format: "PyTorch", parts: 3 } },
  });
  expect(manifest.weights.get("a.pt")).toEqual(entry);
  expect(manifest.release).toBeUndefined();
  expect(warnings).toEqual([
    'weights["a.pt"]: size, format, parts count from format 2.0 on and are ignored in 1.0',
    expect.stringContaining("release is ignored"),
  ]);
});

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

test("M11: a size is a whole number from 0 to the cap", () => {
  const schema = ["-1", "-0", "1.5", '"12"', "null", "9007199254740992", "[]", "true", "1e-2"];
  expect(schema.filter((size) => !withSize(size).startsWith("E_MANIFEST_SCHEMA"))).toEqual([]);
  const parse = ["1e400", "NaN", "Infinity", "010", "0x10"];
  expect(parse.filter((size) => !withSize(size).startsWith("E_MANIFEST_PARSE"))).toEqual([]);
  expect(withSize("9e15")).toContain("E_LIMIT");
  expect(withSize("68719476737")).toContain("E_LIMIT");
  expect([withSize("68719476736"), withSize("0"), withSize("1e3")]).toEqual([
    "read",
    "read",
    "read",
  ]);
  expect(withEntry({ size: 101, size_mb: 0 }, { maxFileBytes: 100 })).toContain("E_LIMIT");
  for (const size_mb of [-1, "16.5", null, 1e9]) {
    expect(withEntry({ size_mb })).toMatch(/^E_(?:MANIFEST_SCHEMA|LIMIT) .*size_mb/);
  }
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

test("M13: only sha256 proves a file, and two digests must agree", () => {
  for (const algorithm of ["md5", "sha1", "SHA256", "none", ["sha256", "md5"], null, ""]) {
    expect({ algorithm, is: withEntry({ algorithm }) }).toEqual({
      algorithm,
      is: expect.stringContaining("E_MANIFEST_SCHEMA"),
    });
  }
  expect(withEntry({ sha256: other })).toContain("another digest");
  expect(withEntry({ sha256: digest })).toBe("read");
});

test("M14: a digest is 64 lower-case hex digits, wherever one stands", () => {
  const wrong = [digest.toUpperCase(), digest.slice(1), `${digest}0`, "", "sha256:../../x"];
  wrong.push(`${digest.slice(2)}zz`, "abc123...");
  for (const checksum of [...wrong, null, 7]) {
    expect(withEntry({ checksum })).toMatch(/^E_MANIFEST_SCHEMA .*\.checksum: a SHA-256/);
    const chunks = { url: "./a.chunks", size: 1, checksum };
    expect(withEntry({ chunks })).toMatch(/^E_MANIFEST_SCHEMA .*chunks\.checksum/);
    expect(withEntry({ encoding: "gzip", encoded_size: 1, encoded_checksum: checksum })).toContain(
      "encoded_checksum",
    );
  }
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

test("a message never has a raw control character, whatever the source is called", () => {
  expect(refusal({ version: "\u001b[31m", weights: {} }, { source: "a\nb" })).toMatch(
    /^[\x20-\x7e]+$/,
  );
});

test("URLs of unknown schemes, with credentials or out of the folder are refused, and not repeated", () => {
  const wrong = [
    "",
    "ftp://h/a",
    "javascript:alert(1)",
    "https://user:s3cret@h/a",
    "https://s3cret@h/a",
  ];
  wrong.push("../a.pt", "./../a.pt", "/a.pt", "//h/a.pt", "a b", "https://h/a\nb", "C:\\a.pt");
  wrong.push(
    "./a.pt?x=s3cret",
    "https:a.pt",
    "file://host/a",
    "s3:///key",
    "https://",
    "~/a",
    "%2e%2e/a",
  );
  for (const url of wrong) {
    const message = withEntry({ url });
    expect({ url, message }).toEqual({
      url,
      message: expect.stringContaining("E_MANIFEST_SCHEMA"),
    });
    expect(message).not.toContain("s3cret");
    expect(withEntry({ mirrors: ["https://h/a", url] })).toContain(".mirrors[1]");
  }
  const right = ["https://h/a?X-Amz-Signature=1", "http://127.0.0.1:9/a", "s3://b/k", "gs://b/k"];
  right.push("hf://o/r/a.pt", "github://o/r/v1.0.0/a.pt", "file:///srv/a.pt", "./a.pt", "sub/a.pt");
  expect(right.filter((url) => withEntry({ url }) !== "read")).toEqual([]);
});

test("parts lie end to end and add up to the size", () => {
  const part = (offset: number, size: number): unknown => ({
    url: "./p",
    offset,
    size,
    checksum: digest,
  });
  expect(withEntry({ size: 3, parts: [part(0, 2), part(2, 1)] })).toBe("read");
  expect(withEntry({ size: 3, parts: [part(0, 2), part(1, 2)] })).toContain(
    "parts[1]: begins at 1",
  );
  expect(withEntry({ size: 3, parts: [part(1, 2)] })).toContain("begins at 1");
  expect(withEntry({ size: 4, parts: [part(0, 2), part(2, 1)] })).toContain("add up to 3");
  expect(withEntry({ size: 0, parts: [] })).toContain("no part");
  expect(withEntry({ size: undefined, parts: [part(0, 1)] })).toContain("need the size");
  expect(withEntry({ size: 3, parts: {} })).toContain("an array expected");
});

test("fields of the wrong type are refused where they stand", () => {
  expect(withEntry({ required: "yes" })).toContain(".required: true or false expected");
  expect(withEntry({ mirrors: "https://h/a" })).toContain(".mirrors: an array expected");
  expect(withEntry({ chunks: [] })).toContain(".chunks: an object expected");
  expect(withEntry({ encoding: "br" })).toContain("upgrade");
  expect(withEntry({ encoded_size: 3 })).toContain("without encoding");
  expect(refusal({ weights: [] })).toContain("weights: an object expected, got an array");
  expect(refusal({ weights: { a: "https://h/a" } })).toContain('got the text "https://h/a"');
  const head = (fields: Record<string, unknown>): string =>
    refusal({ version: "2.0", weights: { a: entry }, ...fields });
  for (const [key, value] of Object.entries({
    release: "1.0.0",
    model: "Custom CNN",
    created_at: "yesterday",
    metadata: [],
    description: 7,
  })) {
    expect(head({ [key]: value })).toContain(`E_MANIFEST_SCHEMA manifest.json: ${key}:`);
  }
  expect(head({ created_at: "2026-13-41T10:00:00Z" })).toContain("created_at");
  expect(head({ created_at: "2026-11-21T10:00:00.123456+00:00" })).toBe("read");
});

test("size counts where size_mb says something else", () => {
  const { manifest, warnings } = read({
    version: "2.0",
    weights: { "a.pt": { ...entry, size: 5 } },
  });
  expect(manifest.weights.get("a.pt")?.size).toBe(5);
  expect(warnings).toEqual(['weights["a.pt"]: size_mb says 16.5 MiB, size 5 bytes: size counts']);
});
