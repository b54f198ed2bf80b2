import { dirname } from "node:path";
import type { Call } from "./trace.ts";

const writes = new Set(["write", "pwrite64", "writev", "pwritev", "ftruncate"]);
const flushes = new Set(["fsync", "fdatasync"]);
const renames = new Set(["rename", "renameat", "renameat2"]);
const links = new Set(["link", "linkat"]);

/**
 * What is wrong with the order of flushes, row D5: every file that appears under its final name was flushed after the
 * last write to it, or is a hard link of one that was; and its folder is flushed after the rename. `isFinal` tells a
 * name that readers look at.
 */
export function orderFaults(calls: readonly Call[], isFinal: (path: string) => boolean): string[] {
  const faults: string[] = [];
  let checked = 0;
  for (const [at, call] of calls.entries()) {
    const [from, to] = call.paths;
    if (call.failed || !renames.has(call.name) || from === undefined || to === undefined) continue;
    if (!isFinal(to)) continue;
    checked++;
    const before = calls.slice(0, at);
    const isLink = before.some(({ name, paths }) => links.has(name) && paths[1] === from);
    const written = before.findLastIndex(
      ({ name, paths }) => writes.has(name) && paths[0] === from,
    );
    const flushed = before.findLastIndex(
      ({ name, paths }) => flushes.has(name) && paths[0] === from,
    );
    if (!isLink && (flushed < 0 || flushed < written)) faults.push(`${to}: renamed unflushed`);
    const folder = dirname(to);
    const after = calls
      .slice(at)
      .some(({ name, paths, failed }) => flushes.has(name) && !failed && paths[0] === folder);
    if (!after) faults.push(`${to}: its folder is not flushed after the rename`);
  }
  if (checked === 0) faults.push("no file appeared under its final name");
  return faults;
}
