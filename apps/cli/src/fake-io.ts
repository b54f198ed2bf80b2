import type { Io } from "./io.ts";

/** An `Io` for tests that keeps what was written. */
export interface FakeIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
  /** The lines of `--json`, parsed. */
  readonly events: () => readonly Record<string, unknown>[];
}

/** Surroundings without environment, terminal or real clock, except for what `facts` names. */
export function fakeIo(
  facts: Partial<Io> & { readonly cwd: string; readonly isTTY?: boolean },
): FakeIo {
  let out = "";
  let err = "";
  const stderr = {
    write: (text: string) => (err += text),
    isTTY: facts.isTTY ?? false,
    columns: 100,
  };
  return {
    stdout: { write: (text: string) => (out += text) },
    stderr,
    env: {},
    signal: new AbortController().signal,
    now: Date.now,
    ...facts,
    out: () => out,
    err: () => err,
    events: () =>
      out
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
