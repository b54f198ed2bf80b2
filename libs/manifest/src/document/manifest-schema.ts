import type { JsonObject } from "../json/json.ts";
import { urlSchemes } from "./check-url.ts";
import { formats } from "../format/format.ts";
import { manifestLimits, textLimits } from "./manifest-limits.ts";
import { tasks } from "../metadata/metadata.ts";

const digest = {
  description: "SHA-256, lower-case hex.",
  type: "string",
  pattern: "^[0-9a-f]{64}$",
} satisfies JsonObject;

const bytes = {
  type: "integer",
  minimum: 0,
  maximum: manifestLimits.maxFileBytes,
} satisfies JsonObject;

const url = {
  description:
    "Absolute, without user name and password; or a path below the manifest's own folder, like ./best.pt.",
  type: "string",
  maxLength: textLimits.url,
  pattern: `^(?:(?:${urlSchemes.join("|")})://[\\x21-\\x7e]+|(?:\\./)?[A-Za-z0-9][A-Za-z0-9._+@/-]*)$`,
} satisfies JsonObject;

const located = (extra: JsonObject): JsonObject => ({
  type: "object",
  required: ["url", ...Object.keys(extra), "size", "checksum"],
  properties: { url, ...extra, size: bytes, checksum: digest },
});

const segment = "[A-Za-z0-9](?:[A-Za-z0-9._+@-]{0,98}[A-Za-z0-9_+@-])?";

/** What every entry may say, and all that an entry of 1.x says. */
const entryOf1 = {
  url,
  size_mb: { description: "MiB, two decimals.", type: "number", minimum: 0 },
  checksum: digest,
  algorithm: { const: "sha256" },
  required: {
    description: "false: a failed download is only a warning.",
    type: "boolean",
    default: true,
  },
} satisfies JsonObject;

const entryOf2 = {
  ...entryOf1,
  size: { description: "Bytes, exact: this counts, not size_mb.", ...bytes },
  mirrors: {
    description: "Further URLs of the same bytes.",
    type: "array",
    maxItems: textLimits.mirrors,
    items: url,
  },
  format: {
    description: "What the file is by its magic bytes. Readers leave out what they do not know.",
    type: "string",
    maxLength: 50,
    examples: formats,
  },
  chunks: { description: "The chunk index of the file.", ...located({}) },
  parts: {
    description: "Where a host keeps the file in pieces: end to end from 0, adding up to size.",
    type: "array",
    minItems: 1,
    maxItems: textLimits.parts,
    items: located({ offset: bytes }),
  },
  encoding: {
    description: "Compression of the bytes at url; size and checksum are of the decoded file.",
    enum: ["gzip", "zstd"],
  },
  encoded_size: bytes,
  encoded_checksum: digest,
} satisfies JsonObject;

const headOf2 = {
  description: { type: "string", maxLength: textLimits.description },
  release: {
    description: "The published version: v + semver.",
    type: "string",
    maxLength: 100,
    pattern: "^v(?:0|[1-9][0-9]*)\\.(?:0|[1-9][0-9]*)\\.(?:0|[1-9][0-9]*)(?:[-+][0-9A-Za-z.+-]+)?$",
  },
  model: {
    description: "Absent where the manifest collects several models.",
    type: "string",
    pattern: "^[a-z0-9][a-z0-9._-]{0,99}$",
  },
  created_at: {
    description: "ISO 8601, UTC.",
    type: "string",
    pattern:
      "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,9})?(?:Z|\\+00:00)$",
  },
  metadata: {
    description: "Of the one model.",
    type: "object",
    properties: { task: { type: "string", examples: tasks } },
  },
} satisfies JsonObject;

const weights = (entry: JsonObject): JsonObject => ({ additionalProperties: entry });

/**
 * JSON Schema (draft 2020-12) of a manifest, as docs/protocol/manifest.schema.json publishes it for editors and other
 * programs. The parser is stricter where a schema cannot be: keys given twice, names that differ by case only, parts that
 * do not add up, caps over all files.
 */
export const manifestSchema: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "urn:plimsoll:manifest:2",
  title: "Manifest of model weights",
  description: "Which weight files a release has, where their bytes are and how they are proven.",
  type: "object",
  required: ["weights"],
  properties: {
    version: {
      description: "Of the format; a missing one means 1.0.",
      type: "string",
      pattern: "^[12]\\.[0-9]{1,9}$",
    },
    weights: {
      description: "One entry for each weight file, by its name.",
      type: "object",
      minProperties: 1,
      maxProperties: manifestLimits.maxFiles,
      propertyNames: {
        maxLength: 512,
        pattern: `^${segment}(?:/${segment}){0,7}$`,
        not: {
          anyOf: [
            { enum: ["manifest.json", "model.sig", "SHA256SUMS", "attestation.jsonl"] },
            { pattern: "\\.chunks$" },
          ],
        },
      },
      additionalProperties: { type: "object", properties: entryOf1 },
    },
  },
  if: { required: ["version"] },
  then: { properties: { weights: weights({ required: ["checksum"] }) } },
  else: {
    properties: {
      weights: weights({ anyOf: [{ required: ["url"] }, { required: ["checksum"] }] }),
    },
  },
  allOf: [
    {
      if: { required: ["version"], properties: { version: { pattern: "^2\\." } } },
      then: {
        properties: {
          ...headOf2,
          weights: weights({
            properties: entryOf2,
            dependentRequired: {
              parts: ["size"],
              encoding: ["encoded_size", "encoded_checksum"],
              encoded_size: ["encoding"],
              encoded_checksum: ["encoding"],
            },
            not: { required: ["parts", "encoding"] },
          }),
        },
      },
    },
  ],
};

/** The schema as the file holds it: two spaces, one newline at the end. */
export function manifestSchemaText(): string {
  return `${JSON.stringify(manifestSchema, null, 2)}\n`;
}
