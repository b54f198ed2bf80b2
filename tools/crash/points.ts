import type { Call } from "./trace.ts";

/** One place of a run where something is done to it. */
export interface Point {
  readonly name: string;
  readonly number: number;
  /** `signal=KILL` or `error=ENOSPC`, as strace takes it. */
  readonly what: string;
}

/** Calls that change what is on the disk: the run is killed at each of them. */
const changing = [
  "write",
  "pwrite64",
  "writev",
  "rename",
  "renameat2",
  "link",
  "linkat",
  "unlink",
  "fsync",
  "fdatasync",
  "ftruncate",
  "mkdir",
  "utimensat",
  "chmod",
  "fchmod",
  "copy_file_range",
  "openat",
];

/** Errors of the disk, rows D1 to D3, and the calls that give them. */
const errors: Readonly<Record<string, readonly string[]>> = {
  ENOSPC: ["write", "pwrite64", "openat", "mkdir", "link", "rename"],
  EFBIG: ["pwrite64"],
  EIO: ["write", "pwrite64", "fsync", "fdatasync", "read", "pread64"],
  EROFS: ["rename", "unlink", "openat", "mkdir"],
  EACCES: ["rename", "openat", "link", "unlink"],
  EMFILE: ["openat"],
};

/** What no call can fail with that opens a file to read it. */
const ofWriting = new Set(["ENOSPC", "EROFS"]);

/** System calls that a run is traced for. */
export const traced: readonly string[] = [
  ...new Set([...changing, ...Object.values(errors).flat()]),
];

/** Where to kill the run, or to fail a call of it: every such call on a path that `isOurs`. */
export function points(calls: readonly Call[], isOurs: (path: string) => boolean): Point[] {
  const ours = calls.filter(({ paths }) => paths.some(isOurs));
  const found = new Map<string, Point>();
  const add = (name: string, number: number, what: string): void => {
    found.set(`${name} ${number} ${what}`, { name, number, what });
  };
  for (const { name, number, isReading } of ours) {
    if (changing.includes(name) && !isReading) add(name, number, "signal=KILL");
    for (const [error, names] of Object.entries(errors)) {
      if (isReading && ofWriting.has(error)) continue;
      if (names.includes(name)) add(name, number, `error=${error}`);
    }
  }
  return [...found.values()];
}
