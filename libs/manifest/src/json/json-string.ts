import { jsonFault, type JsonCursor } from "./json-cursor.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<number, string>> = {
  0x22: '"',
  0x5c: "\\",
  0x2f: "/",
  0x62: "\b",
  0x66: "\f",
  0x6e: "\n",
  0x72: "\r",
  0x74: "\t",
};

/**
 * Reads a string of RFC 8259 section 7 whose opening quote is the next byte. Lone surrogates, which only escapes can
 * spell in UTF-8 text, are refused.
 */
export function readString(cursor: JsonCursor): string {
  const { bytes } = cursor;
  const opening = cursor.at;
  let text = "";
  let from = opening + 1;
  for (let at = from; ; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) throw jsonFault(cursor, "a string that does not end", opening);
    if (byte < 0x20) throw jsonFault(cursor, "a control character in a string, escape it", at);
    if (byte === QUOTE) {
      cursor.at = at + 1;
      return text + bytes.toString("utf8", from, at);
    }
    if (byte === BACKSLASH) {
      text += bytes.toString("utf8", from, at);
      cursor.at = at + 1;
      text += readEscape(cursor);
      from = cursor.at;
      at = from - 1;
    }
  }
}

/** Reads what stands after a backslash; a pair of surrogates is read as one. */
function readEscape(cursor: JsonCursor): string {
  const backslash = cursor.at - 1;
  const letter = cursor.bytes[cursor.at] ?? 0;
  cursor.at += 1;
  const simple = ESCAPES[letter];
  if (simple !== undefined) return simple;
  if (letter !== 0x75) throw jsonFault(cursor, "an escape that JSON does not have", backslash);
  const unit = readHex(cursor, backslash);
  if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
  const { bytes, at } = cursor;
  if (unit < 0xdc00 && bytes[at] === BACKSLASH && bytes[at + 1] === 0x75) {
    cursor.at += 2;
    const low = readHex(cursor, at);
    if (low >= 0xdc00 && low <= 0xdfff) return String.fromCharCode(unit, low);
  }
  throw jsonFault(cursor, "a lone surrogate", backslash);
}

function readHex(cursor: JsonCursor, backslash: number): number {
  const digits = cursor.bytes.toString("latin1", cursor.at, cursor.at + 4);
  if (!/^[0-9A-Fa-f]{4}$/.test(digits)) {
    throw jsonFault(cursor, "\\u without four hex digits", backslash);
  }
  cursor.at += 4;
  return Number.parseInt(digits, 16);
}
