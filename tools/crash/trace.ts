/** A system call of a traced run. */
export interface Call {
  readonly thread: string;
  readonly name: string;
  /** Its number among the calls of this name in its thread, from 1: what `when=` of strace counts. */
  readonly number: number;
  /** Paths in its arguments, in order: of descriptors (`-y`) and of names. */
  readonly paths: readonly string[];
  readonly failed: boolean;
  /** Opens a file or folder only to read it. */
  readonly isReading: boolean;
}

/** Reads what `strace -f -y -o` wrote: a line a call, one that was interrupted by another thread in two. */
export function readTrace(text: string): Call[] {
  const counts = new Map<string, number>();
  const calls: Call[] = [];
  for (const line of text.split("\n")) {
    const match = /^(\d+) +([a-z0-9_]+)\((.*)$/.exec(line);
    const [, thread, name, rest] = match ?? [];
    if (thread === undefined || name === undefined || rest === undefined) continue;
    const key = `${thread} ${name}`;
    const number = (counts.get(key) ?? 0) + 1;
    counts.set(key, number);
    const paths = [...rest.matchAll(/<(\/[^>]*)>|"(\/[^"]*)"/g)].map(
      ([, descriptor, path]) => descriptor ?? path ?? "",
    );
    const isReading = name === "openat" && !/O_WRONLY|O_RDWR|O_CREAT/.test(rest);
    calls.push({ thread, name, number, paths, failed: / = -1 /.test(rest), isReading });
  }
  return calls;
}
