import { isUtf8 } from "node:buffer";

/**
 * True when the bytes are UTF-8 without control characters other than white space. `cut`: more bytes follow that are not
 * here, so the last character may be incomplete.
 */
export function isTextBytes(bytes: Uint8Array, cut: boolean): boolean {
  if (bytes.some((byte) => byte === 0x7f || (byte < 0x20 && (byte < 0x09 || byte > 0x0d)))) {
    return false;
  }
  if (isUtf8(bytes)) return true;
  return (
    cut &&
    [1, 2, 3].some((missing) => isUtf8(bytes.subarray(0, -missing)) && isStart(bytes, missing))
  );
}

/** True when the last bytes are the beginning of a character of more bytes. */
function isStart(bytes: Uint8Array, count: number): boolean {
  const lead = bytes[bytes.length - count] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  return lead <= 0xf4 && length > count;
}
