/** Where text goes: a process's stream, or a test's string. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
}

/** Everything that the command line takes from its surroundings. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** Aborted by Ctrl-C. Its reason may be the signal's name. */
  readonly signal: AbortSignal;
  /** Asks a person for something secret; absent where there is no terminal. */
  readonly ask?: (question: string) => Promise<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
