import { isUtf8 } from "node:buffer";

import { ManifestError } from "../error.ts";
import { printable, printableBytes } from "../text/printable.ts";

/** A place in JSON text that is being read, and what a refusal says about it. */
export interface JsonCursor {
  readonly bytes: Buffer;
  /** What the text is called in messages. */
  readonly source: string;
  /** Of the next byte to read. */
  at: number;
}

/** `E_MANIFEST_PARSE` with line, column (in characters) and the first 80 bytes, so that an HTML page is recognised. */
export function jsonFault(cursor: JsonCursor, why: string, at = cursor.at): ManifestError {
  const { bytes, source } = cursor;
  const before = bytes.subarray(0, at);
  const lineStart = before.lastIndexOf(0x0a) + 1;
  let line = 1;
  for (let index = before.indexOf(0x0a); index >= 0; index = before.indexOf(0x0a, index + 1)) {
    line += 1;
  }
  const column = [...before.subarray(lineStart).toString("utf8")].length + 1;
  return new ManifestError(
    "E_MANIFEST_PARSE",
    `${printable(source)}: not strict JSON at line ${line}, column ${column}: ${why}. It begins with "${printableBytes(bytes)}"`,
  );
}

/** Refuses, at its byte, what is not UTF-8 text without a byte order mark (row M17). */
export function checkEncoding(cursor: JsonCursor): void {
  const { bytes } = cursor;
  if (bytes.length === 0) throw jsonFault(cursor, "the file is empty");
  const [first, second] = bytes;
  if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)) {
    throw jsonFault(cursor, "UTF-16 text, save it as UTF-8");
  }
  if (first === 0xef && second === 0xbb && bytes[2] === 0xbf) {
    throw jsonFault(cursor, "a byte order mark, save it as UTF-8 without one");
  }
  if (bytes.length > 1 && (first === 0 || second === 0)) {
    throw jsonFault(cursor, "UTF-16 text, save it as UTF-8");
  }
  if (!isUtf8(bytes)) throw jsonFault(cursor, "bytes that are not UTF-8", firstInvalid(bytes));
}

/** Offset of the first byte that does not belong to a whole UTF-8 character, in text that has one. */
function firstInvalid(bytes: Buffer): number {
  let [valid, invalid] = [0, bytes.length];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8(bytes.subarray(0, characterStart(bytes, middle)))) valid = middle;
    else invalid = middle;
  }
  return characterStart(bytes, valid);
}

function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && at - start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}
