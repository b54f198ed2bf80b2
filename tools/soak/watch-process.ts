import { readdir } from "node:fs/promises";

/** What a process holds at one time. */
export interface Held {
  readonly residentBytes: number;
  /** Open files and sockets; undefined where the system does not tell. */
  readonly descriptors: number | undefined;
}

export async function held(): Promise<Held> {
  const descriptors = await readdir("/proc/self/fd").then(
    ({ length }) => length,
    () => undefined,
  );
  return { residentBytes: process.memoryUsage.rss(), descriptors };
}

/** Growth that is no leak: the collector waits for some. */
const slackBytes = 64 * 1_048_576;
/** Kept connections and files that are just being read. */
const slackDescriptors = 32;

/**
 * What grows without end in samples taken one after another (I6), a line each: the last quarter holds more than the
 * second did. With less than eight samples nothing is said.
 */
export function growth(samples: readonly Held[]): string[] {
  const quarter = Math.floor(samples.length / 4);
  if (quarter < 2) return [];
  const most = (from: number, of: (one: Held) => number): number =>
    Math.max(...samples.slice(from, from + quarter).map(of));
  const late = samples.length - quarter;
  const faults: string[] = [];
  const [before, after] = [quarter, late].map((from) => most(from, (one) => one.residentBytes));
  if (before !== undefined && after !== undefined && after > before * 1.25 + slackBytes) {
    faults.push(`memory grows: ${mib(before)} MiB, later ${mib(after)} MiB`);
  }
  const files = [quarter, late].map((from) => most(from, (one) => one.descriptors ?? 0));
  if ((files[1] ?? 0) > (files[0] ?? 0) + slackDescriptors) {
    faults.push(`open files grow: ${files[0]}, later ${files[1]}`);
  }
  return faults;
}

const mib = (bytes: number): number => Math.round(bytes / 1_048_576);
