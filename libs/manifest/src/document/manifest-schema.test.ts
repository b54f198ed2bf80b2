import { readFile } from "node:fs/promises";

import { describe, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";

import { ManifestError } from "../error.ts";
import { manifestSchema, manifestSchemaText } from "./manifest-schema.ts";
import { parseManifest } from "./parse-manifest.ts";
import { writeManifest } from "./write-manifest.ts";

const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(
  manifestSchema,
);

function parses(document: unknown): boolean {
  try {
    parseManifest(Buffer.from(JSON.stringify(document)));
    return true;
  } catch (error) {
    if (error instanceof ManifestError) return false;
    throw error;
  }
}

const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const old = {
  url: "https://h/a.pt",
  size_mb: 16.5,
  checksum: digest,
  algorithm: "sha256",
  required: true,
};
const of = (version: string | undefined, entry: unknown, head = {}): unknown => ({
  ...(version !== undefined && { version }),
  ...head,
  weights: { "a.pt": entry },
});
const part = { url: "./p", offset: 0, size: 3, checksum: digest };

describe("schema and parser agree", () => {
  test.each<[string, unknown]>([
    ["1.0", of("1.0", old)],
    ["no version", of(undefined, old)],
    [
      "WEIGHTS_URLS.json",
      of(undefined, { url: "https://h/a", size_mb: 1, required: false }, { note: "x" }),
    ],
    ["somebody's own fields in 1.0", of("1.0", { ...old, size: "16 MB" }, { release: "first" })],
    ["2.0", of("2.0", { ...old, size: 3, mirrors: ["s3://b/k", "./a"], format: "onnx" })],
    ["2.9 with a format to come", of("2.9", { ...old, format: "jax", future: {} }, { future: [] })],
    ["chunks", of("2.0", { ...old, chunks: { url: "./c", size: 1, checksum: digest } })],
    ["parts", of("2.0", { checksum: digest, size: 3, parts: [part] })],
    [
      "encoding",
      of("2.0", { ...old, encoding: "gzip", encoded_size: 3, encoded_checksum: digest }),
    ],
    [
      "head",
      of("2.0", old, {
        description: "x",
        release: "v2.1.0-weapons",
        model: "yolov8m",
        created_at: "2026-11-21T10:00:00Z",
        metadata: { task: "object-detection" },
      }),
    ],
  ])("taken: %s", (_, document) => {
    expect({ parser: parses(document), schema: validate(document) }).toEqual({
      parser: true,
      schema: true,
    });
  });

  test.each<[string, unknown]>([
    ["an array", []],
    ["no weights", { version: "2.0" }],
    ["no file", { version: "2.0", weights: {} }],
    ["version as a number", { version: 2, weights: { a: old } }],
    ["another major", of("3.0", old)],
    ["no checksum", of("1.0", { url: "https://h/a" })],
    ["neither url nor checksum", of(undefined, { size_mb: 1 })],
    ["md5", of("1.0", { ...old, algorithm: "md5" })],
    ["upper-case digest", of("1.0", { ...old, checksum: digest.toUpperCase() })],
    ["required as a text", of("1.0", { ...old, required: "true" })],
    ["negative size", of("2.0", { ...old, size: -1 })],
    ["size with a fraction", of("2.0", { ...old, size: 1.5 })],
    ["size above the cap", of("2.0", { ...old, size: 9e15 })],
    ["mirrors as a text", of("2.0", { ...old, mirrors: "https://h/a" })],
    ["an ftp URL", of("2.0", { ...old, url: "ftp://h/a" })],
    ["a URL upwards", of("2.0", { ...old, url: "../a" })],
    ["a name upwards", { version: "1.0", weights: { "../a": old } }],
    ["a name with a trailing dot", { version: "1.0", weights: { "a.": old } }],
    ["a reserved name", { version: "1.0", weights: { "manifest.json": old } }],
    ["a chunk index as a file", { version: "1.0", weights: { "a.chunks": old } }],
    ["parts without a size", of("2.0", { checksum: digest, parts: [part] })],
    ["no parts", of("2.0", { checksum: digest, size: 0, parts: [] })],
    ["chunks without a digest", of("2.0", { ...old, chunks: { url: "./c", size: 1 } })],
    ["encoding alone", of("2.0", { ...old, encoding: "gzip" })],
    ["encoded_size alone", of("2.0", { ...old, encoded_size: 1 })],
    ["a release without v", of("2.0", old, { release: "1.0.0" })],
    ["a model with a space", of("2.0", old, { model: "my model" })],
    ["a date without a time", of("2.0", old, { created_at: "2026-11-21" })],
    ["a long description", of("2.0", old, { description: "x".repeat(4097) })],
    ["metadata as an array", of("2.0", old, { metadata: [] })],
  ])("refused: %s", (_, document) => {
    expect({ parser: parses(document), schema: validate(document) }).toEqual({
      parser: false,
      schema: false,
    });
  });
});

test("what is written is valid", () => {
  const bytes = writeManifest({
    version: "2.0",
    weights: new Map([["a", { checksum: digest, required: true, size: 1, format: "npz" }]]),
  });
  expect(validate(JSON.parse(Buffer.from(bytes).toString()))).toBe(true);
});

test("the published schema is this one", async () => {
  const published = new URL("../../../../docs/protocol/manifest.schema.json", import.meta.url);
  expect(await readFile(published, "utf8")).toBe(manifestSchemaText());
});

test("the examples of the published description are read", async () => {
  const page = new URL("../../../../docs/protocol/manifest.md", import.meta.url);
  const blocks = [...(await readFile(page, "utf8")).matchAll(/```json\n([^`]*)```/g)];
  const examples = blocks
    .map((block) => block[1] ?? "")
    .filter((text) => text.includes('"weights"'));
  expect(examples.length).toBeGreaterThanOrEqual(3);
  for (const example of examples) {
    expect(validate(JSON.parse(example))).toBe(true);
    expect(parses(JSON.parse(example))).toBe(true);
  }
});
