import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("all-help.mjs", import.meta.url));

/** What `--help` of a command says. */
export interface CommandHelp {
  /** Flags, and whether a value follows. */
  readonly flags: ReadonlyMap<string, boolean>;
  readonly commands: readonly string[];
  readonly hasArguments: boolean;
}

/** Reads the text of `plimsoll <path> --help`. */
export function parseHelp(text: string): CommandHelp {
  const flags = new Map<string, boolean>();
  for (const [, name = "", value] of text.matchAll(
    /^ {2}(?:-\w, )?(--[a-z][a-z0-9-]*)(?: ([<[]))?/gm,
  )) {
    flags.set(name, value !== undefined);
  }
  const [, list = ""] = /^Commands:\n((?: .*\n?)*)/m.exec(text) ?? [];
  const commands = [...list.matchAll(/^ {2}([a-z][a-z0-9-]*)/gm)].map(([, name = ""]) => name);
  return {
    flags,
    commands,
    hasArguments: /^Arguments:|^Usage: .*[<[](?!options|command)/m.test(text),
  };
}

/** Help of commands by their path, asked once from the real command line. */
export async function readAllHelp(): Promise<ReadonlyMap<string, CommandHelp>> {
  const { stdout } = await promisify(execFile)(process.execPath, [script], {
    maxBuffer: 16_000_000,
  });
  const texts = JSON.parse(stdout) as Readonly<Record<string, string>>;
  return new Map(Object.entries(texts).map(([path, text]) => [path, parseHelp(text)]));
}

const nothing: CommandHelp = { flags: new Map(), commands: [], hasArguments: false };

/** What is wrong with the arguments of one `plimsoll` call; undefined where nothing is. */
export function wrongCall(
  words: readonly string[],
  help: ReadonlyMap<string, CommandHelp>,
): string | undefined {
  const path: string[] = [];
  let here = help.get("") ?? nothing;
  let hasArgument = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (word === "--help" || word === "-h") return undefined;
    if (word.startsWith("--")) {
      const [name = ""] = word.split("=");
      const takesValue = here.flags.get(name);
      if (takesValue === undefined) return `plimsoll ${path.join(" ")} has no ${name}`;
      if (takesValue && !word.includes("=")) {
        // A flag with an optional value may be the last one.
        index += 1;
      }
    } else if (!hasArgument && here.commands.length > 0) {
      if (!here.commands.includes(word)) return `plimsoll ${path.join(" ")} has no command ${word}`;
      path.push(word);
      here = help.get(path.join(" ")) ?? nothing;
    } else if (!here.hasArguments) {
      return `plimsoll ${path.join(" ")} takes no argument such as ${word}`;
    } else {
      hasArgument = true;
    }
  }
  return here.commands.length > 0 ? `plimsoll ${path.join(" ")} needs a command` : undefined;
}
