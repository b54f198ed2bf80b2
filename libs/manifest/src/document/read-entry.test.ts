import { expect, test } from "@jest/globals";

import { type ManifestOptions } from "./parse-manifest.ts";
import { digest, entry, other, read, refusal } from "../testing/manifest-trial.ts";

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
