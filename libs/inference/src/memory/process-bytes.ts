import { readFileSync } from "node:fs";
import { memoryUsage } from "node:process";

/**
 * Bytes of memory that this process takes, its share only of what it has in common with others: the program and its
 * libraries, mapped weights. So figures of several processes can be added up (Linux: PSS of `smaps_rollup`); elsewhere all
 * that is resident.
 */
export function processBytes(): number {
  try {
    const [, kib] = /^Pss:\s+(\d+) kB/m.exec(readFileSync("/proc/self/smaps_rollup", "utf8")) ?? [];
    if (kib !== undefined) return Number(kib) * 1024;
  } catch {
    // Not Linux, or not allowed.
  }
  return memoryUsage.rss();
}

/** `processBytes`, read again only when `everyMs` have passed. */
export function sampledBytes(everyMs: number, now: () => number = Date.now): () => number {
  let at = -Infinity;
  let bytes = 0;
  return () => {
    if (now() - at >= everyMs) {
      bytes = processBytes();
      at = now();
    }
    return bytes;
  };
}
