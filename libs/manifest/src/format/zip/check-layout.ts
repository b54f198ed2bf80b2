import type { LocatedEntry } from "./zip-archive.ts";

/** Bit 3 of the flags: 12 to 24 bytes with CRC and sizes follow the data (APPNOTE 4.3.9). */
const streamed = 8;
const descriptorBytes: ReadonlySet<number> = new Set([12, 16, 20, 24]);

/**
 * What is wrong with how entries follow each other, each kind once: data that two of them share (how a small archive
 * expands to a huge one), or bytes that belong to none (where an entry hides that only some readers find).
 */
export function checkLayout(
  entries: readonly LocatedEntry[],
  directoryBegin: number,
): readonly string[] {
  const problems = new Set<string>();
  const ordered = [...entries].sort((a, b) => a.headerAt - b.headerAt);
  let end = 0;
  let gaps: ReadonlySet<number> = new Set([0]);
  const follow = (begin: number): void => {
    if (begin < end) problems.add("its entries overlap");
    else if (!gaps.has(begin - end)) problems.add("bytes stand between its entries");
  };
  for (const entry of ordered) {
    follow(entry.headerAt);
    end = Math.max(end, entry.end);
    gaps = (entry.flags & streamed) === 0 ? new Set([0]) : withNone;
  }
  follow(directoryBegin);
  return [...problems];
}

/** Some writers set the bit and write no descriptor. */
const withNone: ReadonlySet<number> = new Set([0, ...descriptorBytes]);
