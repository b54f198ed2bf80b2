import { createHash } from "node:crypto";

/** 0 to 1, both excluded: a fixed number for a text. */
function unit(text: string): number {
  const bits = createHash("sha256").update(text).digest().readUIntBE(0, 6);
  return (bits + 0.5) / 2 ** 48;
}

/**
 * The version that answers. With a `key` always the same one for the same key, and a change of the shares moves no more
 * keys than it must (weighted rendezvous: highest -share / ln(hash of key and version)); without one by lot.
 *
 * Undefined where no version has a share.
 */
export function chooseVersion(
  weights: ReadonlyMap<string, number>,
  key: string | undefined,
  random: () => number,
): string | undefined {
  let best: string | undefined;
  let highest = -Infinity;
  if (key !== undefined) {
    for (const [version, weight] of weights) {
      if (weight <= 0) continue;
      const score = -weight / Math.log(unit(`${version}\n${key}`));
      if (score > highest) [best, highest] = [version, score];
    }
    return best;
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + Math.max(0, weight), 0);
  let lot = random() * total;
  for (const [version, weight] of weights) {
    if (weight <= 0) continue;
    best = version;
    lot -= weight;
    if (lot < 0) return version;
  }
  return best;
}
