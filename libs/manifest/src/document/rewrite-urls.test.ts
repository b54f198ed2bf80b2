import { expect, test } from "@jest/globals";

import type { ParsedManifest } from "./manifest.ts";
import { parseManifest } from "./parse-manifest.ts";
import { rewriteUrls, type EntryUrls, type RewriteOptions } from "./rewrite-urls.ts";

const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const parse = (text: string): ParsedManifest => parseManifest(Buffer.from(text));
const rewrite = (
  text: string,
  urls: EntryUrls | ((name: string) => EntryUrls | undefined),
  options?: RewriteOptions,
): string =>
  Buffer.from(
    rewriteUrls(parse(text), (name) => (typeof urls === "function" ? urls(name) : urls), options),
  ).toString();

const byHand = `{
\t"version": "1.0", "note":  "keep \\u0065verything",
\t"weights": {
\t\t"b.pt": { "checksum": "${digest}", "url": "https:\\/\\/YOUR_USERNAME\\/b.pt", "size_mb": 16.50, "mine": 12345678901234567890 },
\t\t"1": {
\t\t\t"required": false,
\t\t\t"checksum": "${digest}",
\t\t\t"url": ""
\t\t}
\t}
}`.replace('\n\t\t\t"url": ""', '\n\t\t\t"url": "./x"');

test("M19: only the URL's own bytes change", () => {
  expect(rewrite(byHand, (name) => ({ url: `https://h/v1.0.0/${name}` }))).toBe(
    byHand
      .replace('"https:\\/\\/YOUR_USERNAME\\/b.pt"', '"https://h/v1.0.0/b.pt"')
      .replace('"./x"', '"https://h/v1.0.0/1"'),
  );
});

test("nothing to change changes nothing", () => {
  expect(rewrite(byHand, {})).toBe(byHand);
  expect(rewrite(byHand, () => undefined)).toBe(byHand);
  expect(
    rewrite(byHand, (name) => ({ url: name === "1" ? "./x" : "https://YOUR_USERNAME/b.pt" })),
  ).toBe(byHand);
});

test("mirrors make a 1.0 manifest 2.0, in the style of what is there", () => {
  expect(rewrite(byHand, { mirrors: ["https://m/a"] })).toBe(
    byHand
      .replace('"1.0"', '"2.0"')
      .replace("16.50,", '16.50, "mirrors": ["https://m/a"],')
      .replace('"./x"\n', '"./x",\n\t\t\t"mirrors": [\n\t\t\t  "https://m/a"\n\t\t\t]\n'),
  );
});

test("an entry that has no URL gets one in front", () => {
  const text = `{"version":"2.0","weights":{"a":{"checksum":"${digest}"}}}`;
  expect(rewrite(text, { url: "./a", mirrors: ["https://m/a"] })).toBe(
    `{"version":"2.0","weights":{"a":{"url": "./a", "checksum":"${digest}", "mirrors": ["https://m/a"]}}}`,
  );
});

test("a manifest without a version gets one when it needs it", () => {
  const text = `{\n  "weights": {"a": {"url": "./a", "checksum": "${digest}"}}\n}\n`;
  expect(rewrite(text, { url: "./b" })).toBe(text.replace("./a", "./b"));
  expect(rewrite(text, { mirrors: ["./c"] })).toBe(
    `{\n  "version": "2.0",\n  "weights": {"a": {"url": "./a", "checksum": "${digest}", "mirrors": ["./c"]}}\n}\n`,
  );
});

const full = `{
  "version": "2.0",
  "weights": {
    "a": {
      "url": "./a",
      "checksum": "${digest}",
      "size": 3,
      "mirrors": ["https://m/1", "https://m/2"],
      "chunks": { "url": "./a.chunks", "size": 9, "checksum": "${digest}" },
      "parts": [
        { "url": "./p1", "offset": 0, "size": 2, "checksum": "${digest}" },
        { "size": 1, "offset": 2, "checksum": "${digest}", "url": "./p2" }
      ]
    }
  }
}
`;

test("chunk index and parts move too", () => {
  expect(
    rewrite(full, {
      chunks: { url: "https://h/c" },
      parts: [{ url: "https://h/1" }, { url: "https://h/2" }],
    }),
  ).toBe(
    full
      .replace("./a.chunks", "https://h/c")
      .replace("./p1", "https://h/1")
      .replace("./p2", "https://h/2"),
  );
});

test("an empty list takes the mirrors away, first, in the middle or last", () => {
  expect(rewrite(full, { mirrors: [] })).toBe(
    full.replace('"mirrors": ["https://m/1", "https://m/2"],\n      ', ""),
  );
  const first = `{"version":"2.0","weights":{"a":{"mirrors":["./b"],"checksum":"${digest}"}}}`;
  expect(rewrite(first, { mirrors: [] })).toBe(first.replace('"mirrors":["./b"],', ""));
  const last = `{"version":"2.0","weights":{"a":{"checksum":"${digest}", "mirrors":["./b"] }}}`;
  expect(rewrite(last, { mirrors: [], url: "./u" })).toBe(
    `{"version":"2.0","weights":{"a":{"url": "./u", "checksum":"${digest}" }}}`,
  );
});

test("a newer version of the format stays what it is", () => {
  const text = `{"version":"2.9","weights":{"a":{"checksum":"${digest}"}}}`;
  expect(rewrite(text, { mirrors: ["./b"] })).toBe(
    text.replace(`"${digest}"`, `"${digest}", "mirrors": ["./b"]`),
  );
});

test("a chunk index can be added whole, never by its URL alone", () => {
  const text = `{"version":"2.0","weights":{"a":{"checksum":"${digest}","size":3}}}`;
  expect(rewrite(text, { chunks: { url: "./c", size: 9, checksum: digest } })).toBe(
    `{"version":"2.0","weights":{"a":{"checksum":"${digest}","size":3, "chunks": {"url":"./c","size":9,"checksum":"${digest}"}}}}`,
  );
  expect(() => rewrite(text, { chunks: { url: "./c" } })).toThrow("no chunk index");
  expect(() => rewrite(text, { parts: [{ url: "./c" }] })).toThrow("0 parts, but URLs for 1");
});

test("the release is set when it is asked for", () => {
  expect(rewrite(full, {}, { release: "v1.1.0" })).toBe(
    full.replace('"2.0",\n', '"2.0",\n  "release": "v1.1.0",\n'),
  );
});

test("a URL that may not stand in a manifest is refused", () => {
  expect(() => rewrite(full, { url: "https://user:pw@h/a" })).toThrow(
    expect.objectContaining({ code: "E_MANIFEST_SCHEMA" }),
  );
});
