/** Castagnoli's polynomial, reflected. */
const table = Int32Array.from({ length: 256 }, (_, value) => {
  let crc = value;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC32C in base64, big endian, as Google's API writes it. */
export function crc32c(bytes: Uint8Array): string {
  let crc = -1;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  const out = Buffer.alloc(4);
  out.writeInt32BE(~crc);
  return out.toString("base64");
}
