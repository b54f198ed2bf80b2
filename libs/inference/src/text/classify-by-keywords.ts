import type { ModelConfig } from "../model-config.ts";
import type { ModelOutput } from "../prediction.ts";
import { normalizeText } from "./normalize-text.ts";

/** The answer where no keyword occurs. */
export const noCategory = "none";

/** Scripts that put no blank between words: a keyword in them is looked for anywhere. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/**
 * Classifies by the words of a taxonomy, `config.categories`, with no weights at all: a category is new as soon as it is
 * written there. Keywords and phrases match whole words, whatever the case, the punctuation and the blanks between; one
 * that ends in `*` matches every word that begins with it. A category's probability is its share of all occurrences;
 * where nothing occurs, the class is `none` with confidence 0.
 */
export function classifyByKeywords(
  text: string,
  categories: NonNullable<ModelConfig["categories"]>,
): ModelOutput {
  const words = ` ${normalizeText(text)} `;
  const counts = Object.entries(categories).map(([category, keywords]) => {
    const different = new Set(keywords.map(pattern).filter((each) => each.trim() !== ""));
    let count = 0;
    for (const each of different) count += occurrences(words, each);
    return [category, count] as const;
  });
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const shares = counts.map(([name, count]) => [name, total > 0 ? count / total : 0] as const);
  const none: readonly [string, number] = [noCategory, 0];
  const best = shares.reduce((a, b) => (b[1] > a[1] ? b : a), none);
  return {
    kind: "classification",
    predictedClass: best[0],
    confidence: best[1],
    probabilities: Object.fromEntries(shares),
  };
}

/** What is looked for in the words of a text, which stand between blanks. */
function pattern(keyword: string): string {
  const words = normalizeText(keyword);
  if (unspaced.test(words) || words === "") return words;
  return keyword.trim().endsWith("*") ? ` ${words}` : ` ${words} `;
}

function occurrences(words: string, pattern: string): number {
  let count = 0;
  // One blank may end a match and begin the next.
  const step = Math.max(1, pattern.trimEnd().length);
  for (let at = words.indexOf(pattern); at >= 0; at = words.indexOf(pattern, at + step)) {
    count += 1;
  }
  return count;
}
