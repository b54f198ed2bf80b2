import type { Command, OptionValues } from "commander";
import type { Settings } from "./config/settings.ts";
import type { Io } from "./io.ts";
import type { Output } from "./output.ts";

/** What a running command has at hand. */
export interface Context {
  readonly io: Io;
  readonly settings: Settings;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** One command: its own file, imported when it is called. */
export interface CommandModule<Flags extends object = OptionValues> {
  /** Adds arguments, options and examples. */
  define(command: Command): void;
  /** Does the work. Gives an exit code where 0 would be wrong though nothing was thrown. */
  run(context: Context, args: readonly string[], flags: Flags): Promise<number | undefined>;
}

/** Examples under a command's help, each with what it does. */
export function withExamples(
  command: Command,
  examples: readonly (readonly [string, string])[],
): void {
  const lines = examples.map(([line, meaning]) => `  $ ${line}\n      ${meaning}`);
  command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** Parser of an option that may be given several times. */
export const collect = (value: string, previous: readonly string[] = []): readonly string[] => [
  ...previous,
  value,
];
