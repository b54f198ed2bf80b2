import { Command } from "commander";
import type { CommandModule } from "./command.ts";
import type { CommandEntry } from "./commands.ts";
import type { GlobalFlags } from "./config/settings.ts";
import type { Io } from "./io.ts";
import { version } from "./version.ts";

/** Runs a parsed command. */
export type Runner = (
  module: CommandModule<never>,
  args: readonly string[],
  flags: object,
  globals: GlobalFlags,
) => Promise<void>;

const overview = `
Examples:
  $ plimsoll publish weights --to s3://my-bucket --release v1.0.0
      upload the folder and write weights/manifest.json, which you commit
  $ plimsoll sync
      bring exactly those bytes to any other machine
  $ plimsoll verify
      check that they are still the same

Exit codes: 0 done, 1 a bug, 2 usage, 3 not found, 4 not allowed, 5 integrity, 6 network,
7 disk, 8 locked, 9 conflict, 10 refused by a gate, 130 cancelled.`;

/** Adds the entries below `parent`; a module is imported by the hook that runs before its command is parsed. */
function addCommands(parent: Command, entries: readonly CommandEntry[], run: Runner): void {
  const loaders = new Map<string, CommandEntry["load"]>();
  for (const { name, summary, load, commands } of entries) {
    const command = parent.command(name).description(summary);
    command.helpCommand(false);
    if (commands) addCommands(command, commands, run);
    loaders.set(name, load);
  }
  parent.hook("preSubcommand", async (_parent, command) => {
    const module = await loaders.get(command.name())?.();
    if (!module) return;
    module.define(command);
    command.action(() =>
      run(module, command.args, command.opts(), command.optsWithGlobals<GlobalFlags>()),
    );
  });
}

/** The parser of the whole command line. It writes help and throws `CommanderError`; it never ends the process. */
export function createProgram(entries: readonly CommandEntry[], io: Io, run: Runner): Command {
  const program = new Command("plimsoll")
    .description("Model weights from training to deployment: publish, pin, sync, verify.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .option("--config <file>", "settings (default: plimsoll.config.json, where it exists)")
    .option("--json", "print events as newline-delimited JSON on stdout, nothing else")
    .option(
      "--log-level <level>",
      "silent, error, warn, info or debug (default: LOG_LEVEL, else info)",
    )
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(io.stdout.columns ?? 100, 100) })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // A usage error is told by the caller, as one line; help that was not asked for belongs on stderr.
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  addCommands(program, entries, run);
  program.addHelpText("after", overview);
  return program;
}
