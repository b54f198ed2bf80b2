/** What a file begins with that hides its content from a scan, or is a program: name, offset and bytes in hex. */
const kinds: readonly (readonly [string, number, string])[] = [
  ["gzip", 0, "1f8b"],
  ["bzip2", 0, "425a68"],
  ["xz", 0, "fd377a585a00"],
  ["zstd", 0, "28b52ffd"],
  ["lz4", 0, "04224d18"],
  ["7z", 0, "377abcaf271c"],
  ["rar", 0, "526172211a07"],
  ["tar", 257, "7573746172"],
  ["an ELF program", 0, "7f454c46"],
  ["a Mach-O program", 0, "cffaedfe"],
  ["a Mach-O program", 0, "cefaedfe"],
  ["a Java or Mach-O program", 0, "cafebabe"],
  ["a script", 0, "2321"],
];

/** The kind of packing or program that a file's first bytes tell, or undefined. */
export function packedKind(head: Uint8Array): string | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const found = kinds.find(([, offset, hex]) => {
    const end = offset + hex.length / 2;
    return bytes.length >= end && bytes.toString("hex", offset, end) === hex;
  });
  if (found !== undefined) return found[0];
  // MZ alone is two letters; a Windows program has its second header where the first one says.
  if (bytes.length < 0x40 || bytes.toString("latin1", 0, 2) !== "MZ") return undefined;
  const at = bytes.readUInt32LE(0x3c);
  return bytes.toString("latin1", at, at + 4) === "PE\0\0" ? "a Windows program" : undefined;
}
