import type { Random } from "../random.ts";

/** How a copy of a text may differ: chances by word. `typo`: two neighbouring letters are swapped. */
export const textChanges = { drop: 0.12, swap: 0.12, typo: 0.05 } as const;

/** A copy of a text with some words dropped, some neighbours swapped and some mistyped. At least one word stays. */
export function augmentText(text: string, random: Random): string {
  const words = text.split(/\s+/u).filter((word) => word !== "");
  const kept = words.filter(() => random.uniform() >= textChanges.drop);
  const left = kept.length > 0 ? kept : words.slice(0, 1);
  for (let i = 0; i + 1 < left.length; i += 1) {
    if (random.uniform() >= textChanges.swap) continue;
    [left[i], left[i + 1]] = [left[i + 1] as string, left[i] as string];
    i += 1;
  }
  return left
    .map((word) => (random.uniform() < textChanges.typo ? typo(word, random) : word))
    .join(" ");
}

/** Two neighbouring letters swapped, by code points. */
function typo(word: string, random: Random): string {
  const letters = [...word];
  if (letters.length < 3) return word;
  const at = random.below(letters.length - 1);
  [letters[at], letters[at + 1]] = [letters[at + 1] as string, letters[at] as string];
  return letters.join("");
}
