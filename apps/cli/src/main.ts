import { CommanderError } from "commander";
import type { CommandModule, Context } from "./command.ts";
import { type CommandEntry, commands } from "./commands.ts";
import { readConfig } from "./config/read-config.ts";
import { type GlobalFlags, settle } from "./config/settings.ts";
import { CliError } from "./error.ts";
import { toFailure } from "./failure.ts";
import type { Io } from "./io.ts";
import { Output } from "./output.ts";
import { createProgram } from "./program.ts";

/** `plimsoll help sync` is `plimsoll sync --help`. */
function normalize(argv: readonly string[]): readonly string[] {
  return argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
}

/** What commander found wrong, in the one form of our errors; undefined where it only showed help or the version. */
function usageError(error: CommanderError): CliError | undefined {
  if (error.exitCode === 0) return undefined;
  if (error.code === "commander.help") {
    return new CliError("E_USAGE", "which command? The list is above", { cause: error });
  }
  const line = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  return new CliError("E_USAGE", `${line}: see plimsoll --help`, { cause: error });
}

/**
 * Runs one command line and gives its exit code. Never throws, never ends the process.
 *
 * @param argv what follows the program's name
 */
export async function main(
  argv: readonly string[],
  io: Io,
  entries: readonly CommandEntry[] = commands,
): Promise<number> {
  let exit = 0;
  // Until the flags are parsed, the plain text of the command line says how to report.
  let output = new Output(io, { json: argv.includes("--json"), logLevel: "info" });

  const run = async (
    module: CommandModule<never>,
    args: readonly string[],
    flags: object,
    globals: GlobalFlags,
  ): Promise<void> => {
    const settings = settle(io, await readConfig(io.cwd, globals.config), globals);
    output = new Output(io, { json: globals.json ?? false, logLevel: settings.logLevel });
    const context: Context = { io, settings, output, signal: io.signal };
    exit = (await module.run(context, args, flags as never)) ?? 0;
  };

  try {
    await createProgram(entries, io, run).parseAsync(normalize(argv), { from: "user" });
  } catch (error) {
    const cause = error instanceof CommanderError ? usageError(error) : error;
    if (cause !== undefined) {
      const failure = toFailure(cause, io.signal);
      output.fail(failure);
      exit = failure.exit;
    }
  } finally {
    output.close();
  }
  return exit;
}
