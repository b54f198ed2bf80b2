/** Control, bidirectional and invisible formatting characters, and lone surrogates: what could rewrite a terminal's line. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with every character that a terminal would act on, or hide, written as `\u{…}` (row M3). */
export function escapeText(text: string): string {
  return text.replace(
    unprintable,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
