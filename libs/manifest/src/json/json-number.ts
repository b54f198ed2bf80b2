import { jsonFault, type JsonCursor } from "./json-cursor.ts";

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;

/**
 * Reads a number of RFC 8259 section 6 as the nearest double, as `JSON.parse` does; one that is too large for a double
 * is refused instead of being read as Infinity (row M11).
 */
export function readNumber(cursor: JsonCursor): number {
  const { bytes } = cursor;
  const start = cursor.at;
  let at = start;
  if (bytes[at] === 0x2d) at += 1;
  if (bytes[at] === 0x30) at += 1;
  else at = skipDigits(cursor, at);
  if (isDigit(bytes[at])) throw jsonFault(cursor, "a number with a leading zero", start);
  if (bytes[at] === 0x2e) at = skipDigits(cursor, at + 1);
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at += 1;
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at += 1;
    at = skipDigits(cursor, at);
  }
  const value = Number(bytes.toString("latin1", start, at));
  if (!Number.isFinite(value)) throw jsonFault(cursor, "a number too large for a double", start);
  cursor.at = at;
  return value;
}

function skipDigits(cursor: JsonCursor, from: number): number {
  let at = from;
  while (isDigit(cursor.bytes[at])) at += 1;
  if (at === from) throw jsonFault(cursor, "a digit was expected", at);
  return at;
}
