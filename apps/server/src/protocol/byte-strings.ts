/** Texts of `BYTES` elements, each behind its length in four little-endian bytes; undefined where that does not add up. */
export function unpackStrings(bytes: Uint8Array, count: number): readonly string[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (texts.length === count || at + 4 > bytes.length) return undefined;
    const length = view.getUint32(at, true);
    at += 4;
    if (at + length > bytes.length) return undefined;
    try {
      texts.push(decoder.decode(bytes.subarray(at, at + length)));
    } catch {
      return undefined;
    }
    at += length;
  }
  return texts.length === count ? texts : undefined;
}

/** The same way back. */
export function packStrings(texts: readonly string[]): Uint8Array {
  const encoded = texts.map((text) => Buffer.from(text, "utf8"));
  const bytes = Buffer.alloc(encoded.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const each of encoded) {
    at = bytes.writeUInt32LE(each.length, at);
    bytes.set(each, at);
    at += each.length;
  }
  return bytes;
}
