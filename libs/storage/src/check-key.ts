import { StorageError } from "./error.ts";

/**
 * A segment of a weight file's name: ASCII, no leading dot, at most 100 characters. The chunk index of a file with the
 * longest name adds its suffix to that.
 */
const segmentForm = /^[A-Za-z0-9][A-Za-z0-9._+@-]{0,99}(?:\.chunks)?$/;

/** Names that Windows gives to devices, with any extension. */
const reservedName = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/** Most segments of a key. */
export const maxKeySegments = 12;

/** Most bytes of a key. */
export const maxKeyBytes = 1024;

/**
 * Throws `E_PATH` unless the key is one to twelve segments of the weight-name grammar joined by `/`, at most 1,024
 * bytes: `[A-Za-z0-9][A-Za-z0-9._+@-]{0,99}`, no trailing dot, no device name of Windows. The grammar leaves no room
 * for `..`, an absolute path, a drive or an escape, so that a key means the same on every host.
 */
export function checkKey(key: string): void {
  const reason = whyNoKey(key);
  if (reason !== undefined) throw new StorageError("E_PATH", `key "${brief(key)}" ${reason}`);
}

/**
 * Throws `E_PATH` unless some legal key starts with the prefix: it is empty, or a key, or a key and `/`.
 */
export function checkPrefix(prefix: string): void {
  if (prefix === "") return;
  const key = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  // A prefix may end inside a segment: `models/a/v1.` is the beginning of `models/a/v1.0`.
  const reason = whyNoKey(prefix.endsWith("/") ? key : `${key}0`);
  if (reason !== undefined) throw new StorageError("E_PATH", `prefix "${brief(prefix)}" ${reason}`);
}

/** Whether the text is a legal key. A listing leaves out what is none: it could not be read again. */
export function isKey(text: string): boolean {
  return whyNoKey(text) === undefined;
}

function whyNoKey(key: string): string | undefined {
  if (typeof key !== "string" || key === "") return "is empty";
  // The characters allowed are one byte each, so that characters over the limit are bytes over it.
  if (key.length > maxKeyBytes) return `is longer than ${maxKeyBytes} bytes`;
  const segments = key.split("/");
  if (segments.length > maxKeySegments) return `has more than ${maxKeySegments} segments`;
  for (const segment of segments) {
    if (segment === "") return "has an empty segment: no leading, double or trailing /";
    if (!segmentForm.test(segment)) {
      return `has the segment "${brief(segment)}": a letter or digit first, then at most 99 of A-Z a-z 0-9 . _ + @ -`;
    }
    if (segment.endsWith(".")) return `has the segment "${segment}" that ends in a dot`;
    if (reservedName.test(segment)) {
      return `has the segment "${segment}", a device name on Windows`;
    }
  }
  return undefined;
}

function brief(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
}
