import type { Random } from "../random.ts";

/** How a copy of a text may differ: chances by word. */
export const textChanges = { drop: 0.12, swap: 0.12 } as const;

/** A copy of a text with some words dropped and some neighbours swapped. At least one word stays. */
export function augmentText(text: string, random: Random): string {
  const words = text.split(/\s+/u).filter((word) => word !== "");
  const kept = words.filter(() => random.uniform() >= textChanges.drop);
  const left = kept.length > 0 ? kept : words.slice(0, 1);
  for (let i = 0; i + 1 < left.length; i += 1) {
    if (random.uniform() >= textChanges.swap) continue;
    [left[i], left[i + 1]] = [left[i + 1] as string, left[i] as string];
    i += 1;
  }
  return left.join(" ");
}
