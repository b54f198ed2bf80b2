/** Words of a text in Unicode NFKC and lower case: runs of letters, marks and digits, with one blank between. */
export function normalizeText(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
}
