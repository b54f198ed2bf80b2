/**
 * Characters that change what a terminal or a reader sees instead of being seen: controls, format characters (zero-width,
 * bidirectional marks, the byte order mark, tags), lone surrogates, line and paragraph separators.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text from outside, made safe to print (rows M3 and M22): what is unseen is spelled as `\u001b`, and a long text is
 * cut after `maxLength` characters with an ellipsis. Default 200.
 */
export function printable(text: string, maxLength = 200): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut.replace(UNSEEN, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  });
}

/** The first bytes of a file as ASCII, the rest of them as `\x1b`: for messages about a file that is not what it should be. */
export function printableBytes(bytes: Uint8Array, maxBytes = 80): string {
  let text = "";
  for (const byte of bytes.subarray(0, maxBytes)) {
    text +=
      byte >= 0x20 && byte < 0x7f
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return bytes.length > maxBytes ? `${text}…` : text;
}
