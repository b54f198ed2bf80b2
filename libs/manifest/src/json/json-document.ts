import { jsonFault, type JsonCursor } from "./json-cursor.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { readNumber } from "./json-number.ts";
import { readString } from "./json-string.ts";

/** One `"key": value` of an object, by byte offsets: where the key's quote is, where the value begins and ends. */
export interface JsonMember {
  readonly key: string;
  readonly keyAt: number;
  readonly from: number;
  readonly to: number;
}

/** The members of every object in the order of the text, which a JavaScript object changes for keys like `12`. */
export type JsonMembers = Map<JsonObject, readonly JsonMember[]>;

/** Reads the one value of a JSON text to its end. With `members`, notes there where everything stands. */
export function readDocument(
  cursor: JsonCursor,
  maxDepth: number,
  members?: JsonMembers,
): JsonValue {
  skipSpace(cursor);
  const value = readValue(cursor, maxDepth, members);
  skipSpace(cursor);
  if (cursor.at < cursor.bytes.length) throw jsonFault(cursor, "something follows the value");
  return value;
}

function readValue(cursor: JsonCursor, depth: number, members?: JsonMembers): JsonValue {
  const byte = cursor.bytes[cursor.at];
  if (byte === 0x22) return readString(cursor);
  if (byte === 0x7b || byte === 0x5b) {
    if (depth === 0) throw jsonFault(cursor, "nested too deep");
    cursor.at += 1;
    return byte === 0x7b
      ? readObject(cursor, depth - 1, members)
      : readArray(cursor, depth - 1, members);
  }
  if (byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39)) {
    return readNumber(cursor);
  }
  if (byte === 0x74 && isWord(cursor, "true")) return true;
  if (byte === 0x66 && isWord(cursor, "false")) return false;
  if (byte === 0x6e && isWord(cursor, "null")) return null;
  throw jsonFault(cursor, byte === undefined ? "it ends too early" : "a value was expected");
}

function readObject(cursor: JsonCursor, depth: number, members?: JsonMembers): JsonObject {
  // No prototype: `__proto__` becomes a plain key, and `in` sees only what the text has (rows M9 and M10).
  const object: Record<string, JsonValue> = Object.create(null);
  const list: JsonMember[] = [];
  if (!takes(cursor, 0x7d)) {
    do {
      skipSpace(cursor);
      const keyAt = cursor.at;
      if (cursor.bytes[keyAt] !== 0x22) throw jsonFault(cursor, "a key in quotes was expected");
      const key = readString(cursor);
      if (key in object) throw jsonFault(cursor, "the same key twice", keyAt);
      if (!takes(cursor, 0x3a)) throw jsonFault(cursor, "a colon was expected");
      skipSpace(cursor);
      const from = cursor.at;
      object[key] = readValue(cursor, depth, members);
      if (members !== undefined) list.push({ key, keyAt, from, to: cursor.at });
    } while (takes(cursor, 0x2c));
    if (!takes(cursor, 0x7d)) throw jsonFault(cursor, "a comma or } was expected");
  }
  members?.set(object, list);
  return object;
}

function readArray(cursor: JsonCursor, depth: number, members?: JsonMembers): JsonValue[] {
  const array: JsonValue[] = [];
  if (takes(cursor, 0x5d)) return array;
  do {
    skipSpace(cursor);
    array.push(readValue(cursor, depth, members));
  } while (takes(cursor, 0x2c));
  if (!takes(cursor, 0x5d)) throw jsonFault(cursor, "a comma or ] was expected");
  return array;
}

/** Goes past white space and, if it is there, this byte. */
function takes(cursor: JsonCursor, byte: number): boolean {
  skipSpace(cursor);
  if (cursor.bytes[cursor.at] !== byte) return false;
  cursor.at += 1;
  return true;
}

function skipSpace(cursor: JsonCursor): void {
  const { bytes } = cursor;
  let at = cursor.at;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at += 1;
  }
  cursor.at = at;
}

function isWord(cursor: JsonCursor, word: string): boolean {
  const end = cursor.at + word.length;
  if (cursor.bytes.toString("latin1", cursor.at, end) !== word) return false;
  cursor.at = end;
  return true;
}
