import { expect, test } from "@jest/globals";
import fc from "fast-check";

import { detectFormat } from "../format/detect-format.ts";
import { ManifestError } from "../error.ts";
import { formats } from "../format/format.ts";
import type { JsonValue } from "../json/json.ts";
import type { Manifest, WeightEntry } from "./manifest.ts";
import { checkNames } from "../names/name.ts";
import { parseJson } from "../json/parse-json.ts";
import { parseManifest } from "./parse-manifest.ts";
import { rewriteUrls } from "./rewrite-urls.ts";
import { sizeMb } from "./size-mb.ts";
import { writeManifest } from "./write-manifest.ts";

const digest = fc.string({
  unit: fc.constantFrom(..."0123456789abcdef"),
  minLength: 64,
  maxLength: 64,
});
const bytes = fc.nat({ max: 2 ** 31 - 1 });
const segment = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+@-]{0,12}[A-Za-z0-9]$/);
const path = fc
  .array(segment, { minLength: 1, maxLength: 3 })
  .map((segments) => segments.join("/"));
const url = fc.oneof(
  fc
    .tuple(fc.constantFrom("https", "s3", "gs", "hf", "github"), path)
    .map(([scheme, p]) => `${scheme}://host/${p}`),
  path.filter(isNamed).map((p) => `./${p}`),
);
const located = fc.record({ url, size: bytes, checksum: digest });

function isNamed(name: string): boolean {
  return areNamed([name]);
}

function areNamed(names: readonly string[]): boolean {
  try {
    checkNames(names);
    return true;
  } catch {
    return false;
  }
}

const entry: fc.Arbitrary<WeightEntry> = fc
  .tuple(
    fc.record(
      {
        url,
        checksum: digest,
        algorithm: fc.constant("sha256" as const),
        required: fc.boolean(),
        mirrors: fc.array(url, { maxLength: 3 }),
        format: fc.constantFrom(...formats),
        chunks: located,
      },
      { requiredKeys: ["checksum", "algorithm", "required"] },
    ),
    fc.array(located, { maxLength: 3 }),
    bytes,
  )
  .map(([fields, pieces, size]) => {
    const parts = pieces.map((piece, index) => ({
      ...piece,
      offset: pieces.slice(0, index).reduce((sum, before) => sum + before.size, 0),
    }));
    const whole = parts.length === 0 ? size : parts.reduce((sum, part) => sum + part.size, 0);
    return { ...fields, size: whole, size_mb: sizeMb(whole), ...(parts.length > 0 && { parts }) };
  });

const manifest: fc.Arbitrary<Manifest> = fc.record(
  {
    version: fc.constant("2.0"),
    description: fc.string({ unit: "grapheme", maxLength: 40 }),
    release: fc
      .tuple(fc.nat(99), fc.nat(99), fc.nat(99))
      .map((numbers) => `v${numbers.join(".")}-rc.1`),
    model: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/),
    created_at: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString()),
    weights: fc
      .uniqueArray(fc.tuple(path, entry), {
        minLength: 1,
        maxLength: 5,
        selector: ([name]) => name,
      })
      .filter((weights) => areNamed(weights.map(([name]) => name)))
      .map((weights) => new Map(weights)),
  },
  { requiredKeys: ["version", "weights"] },
);

test("what is written is read as it was", () => {
  fc.assert(
    fc.property(manifest, (given) => {
      const written = writeManifest(given);
      const { manifest: read, warnings } = parseManifest(written);
      expect({ ...read, weights: [...read.weights] }).toEqual({
        ...given,
        weights: [...given.weights],
      });
      expect(warnings).toEqual([]);
      expect(Buffer.from(writeManifest(read)).equals(written)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test("a rewrite and its reverse give the same bytes", () => {
  fc.assert(
    fc.property(manifest, (given) => {
      const withUrls = {
        ...given,
        weights: new Map([...given.weights].map(([name, e]) => [name, { url: "./x", ...e }])),
      };
      const before = parseManifest(writeManifest(withUrls));
      const there = parseManifest(
        rewriteUrls(before, (name) => ({ url: `https://there/${name}` })),
      );
      expect(
        [...there.manifest.weights].map(([name, { url: now }]) => now === `https://there/${name}`),
      ).toEqual([...there.manifest.weights].map(() => true));
      const back = rewriteUrls(there, (name) => ({
        url: before.manifest.weights.get(name)?.url ?? "",
      }));
      expect(Buffer.from(back).equals(before.bytes)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

const mutation = fc.record({
  at: fc.nat(),
  remove: fc.nat(4),
  insert: fc.uint8Array({ maxLength: 4 }),
});

test("damaged bytes are read or refused, and nothing else is thrown", () => {
  let refused = 0;
  fc.assert(
    fc.property(
      manifest,
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      (given, mutations) => {
        let text = Buffer.from(writeManifest(given));
        for (const { at, remove, insert } of mutations) {
          const place = at % text.length;
          text = Buffer.concat([text.subarray(0, place), insert, text.subarray(place + remove)]);
        }
        try {
          parseManifest(text);
        } catch (error) {
          if (!(error instanceof ManifestError)) throw error;
          refused += 1;
          expect(error.message).toMatch(/^[^\p{Cc}]+$/u);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(refused).toBeGreaterThan(0);
});

test("any bytes have a format, if only an unknown one", () => {
  const magic = fc.constantFrom(
    "",
    "PK\u0003\u0004",
    "PK\u0005\u0006",
    "\u0008\u0008\u003a",
    "\u0080\u0002",
    "{",
    "GGUF",
  );
  const file = fc
    .tuple(magic, fc.uint8Array({ maxLength: 200 }))
    .map(([start, rest]) => Buffer.concat([Buffer.from(start, "latin1"), rest]));
  fc.assert(
    fc.property(file, file, (head, tail) => {
      expect(formats).toContain(detectFormat(head, { tail }));
    }),
    { numRuns: 1000 },
  );
});

test("what JSON.stringify writes is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 2), (text, indent) => {
      const again = JSON.stringify(JSON.parse(text), null, indent);
      expect(plain(parseJson(Buffer.from(again)))).toEqual(JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});

test("what JSON.parse refuses is refused", () => {
  const soup = fc.string({
    unit: fc.constantFrom(...'{}[],:"\\/truefalsnu0123456789.eE+- \n\u0000é'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(soup, (text) => {
      const parsed = attempt(() => JSON.parse(text));
      const read = attempt(() => plain(parseJson(Buffer.from(text))));
      if (parsed === "refused") expect(read).toBe("refused");
      else if (read !== "refused") expect(read).toEqual(parsed);
    }),
    { numRuns: 3000 },
  );
});

function attempt(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch {
    return "refused";
  }
}

function plain(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
