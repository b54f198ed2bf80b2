/** Control, bidirectional and invisible formatting characters, and lone surrogates: what could rewrite a terminal's line. */
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu;

/** The text with every character that a terminal would act on, or hide, written as `\u{…}` (row M3). */
export function escapeText(text: string): string {
  return text.replace(
    unprintable,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
