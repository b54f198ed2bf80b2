import { ManifestError } from "../error.ts";
import { checkEncoding, type JsonCursor } from "./json-cursor.ts";
import { readDocument, type JsonMembers } from "./json-document.ts";
import type { JsonValue } from "./json.ts";
import { printable } from "../text/printable.ts";

/** Caps of a JSON text from outside. */
export interface JsonOptions {
  /** Bytes of the whole text; default 4,194,304. */
  readonly maxBytes?: number;
  /** Objects and arrays inside each other; default 16, at most 1,000. */
  readonly maxDepth?: number;
  /** What the text is called in messages: a path or a URL without secrets. Default `JSON`. */
  readonly source?: string;
}

export const jsonDefaults = { maxBytes: 4 * 1024 * 1024, maxDepth: 16, source: "JSON" } as const;

/** Each level is a call: this many never exhaust the stack. */
const DEPTH_CEILING = 1000;

/**
 * Reads JSON (RFC 8259) from bytes, strictly: UTF-8 only and without a byte order mark, no key twice in an object however
 * it is spelled, no lone surrogate, no number too large for a double, nothing nested deeper or longer than the caps.
 * What it accepts it reads as `JSON.parse` does, but objects have no prototype.
 *
 * Throws `E_LIMIT` for the size, else `E_MANIFEST_PARSE` with line, column and the first 80 bytes.
 */
export function parseJson(bytes: Uint8Array, options: JsonOptions = {}): JsonValue {
  return read(bytes, options);
}

/** As `parseJson`, together with the byte offsets of every member: what an edit that keeps the rest needs. */
export function parseJsonMembers(
  bytes: Uint8Array,
  options: JsonOptions = {},
): { readonly value: JsonValue; readonly members: JsonMembers } {
  const members: JsonMembers = new Map();
  return { value: read(bytes, options, members), members };
}

function read(bytes: Uint8Array, options: JsonOptions, members?: JsonMembers): JsonValue {
  const { maxBytes, maxDepth, source } = { ...jsonDefaults, ...options };
  if (bytes.length > maxBytes) {
    throw new ManifestError(
      "E_LIMIT",
      `${printable(source)}: ${bytes.length} bytes, more than the ${maxBytes} that are read`,
    );
  }
  const cursor: JsonCursor = {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    source,
    at: 0,
  };
  checkEncoding(cursor);
  return readDocument(cursor, Math.min(maxDepth, DEPTH_CEILING), members);
}
