import { checkScan, type ScanReport } from "@plimsoll/manifest";
import { collectFiles, scanWeightFile } from "@plimsoll/weights";
import { basename } from "node:path";
import { type CommandModule, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { toFailure } from "../failure.ts";
import { isFolder } from "../is-folder.ts";
import { oneLine } from "../text/one-line.ts";
import { table } from "../text/table.ts";

interface ScanFlags {
  readonly allowPickle?: true;
}

/** What was found in one file, for a person. */
function lines({ name, format, verdict, findings, globals, externalData }: ScanReport): string[] {
  const rows = findings.map(({ level, what }) => [`  ${level}`, oneLine(what, 500)]);
  return [
    `${oneLine(name)}: ${format}: ${oneLine(verdict, 500)}`,
    ...table(rows),
    ...(globals.length > 0 ? [`  imports ${oneLine(globals.join(", "), 2000)}`] : []),
    ...(externalData.length > 0 ? [`  needs ${oneLine(externalData.join(", "), 2000)}`] : []),
  ];
}

/** The files themselves; of a folder those that a publish would take. */
async function filesOf(
  paths: readonly string[],
): Promise<readonly { readonly path: string; readonly name: string }[]> {
  const found = await Promise.all(
    paths.map(async (path) =>
      (await isFolder(path))
        ? (await collectFiles({ from: [path] })).files
        : [{ path, name: basename(path) }],
    ),
  );
  return found.flat();
}

export const scan: CommandModule<ScanFlags> = {
  define(command) {
    command
      .argument("<files...>", "weight files on this disk, or folders of them")
      .option("--allow-pickle", "count code that is not on the list as a warning");
    withExamples(command, [
      ["plimsoll scan model.pt", "what it would import when it is loaded; nothing is executed"],
      ["plimsoll scan weights", "every weight file of the folder"],
      ["plimsoll scan weights/*.onnx --json", "operators and outside data too, for a program"],
    ]);
  },

  async run({ settings, output, signal }, named, flags) {
    if (named.length === 0) throw new CliError("E_USAGE", "scan which files?");
    let refused = 0;
    let exit: number | undefined;
    let files = 0;
    for (const { path, name } of await filesOf(named.map((text) => settings.path(text)))) {
      files++;
      const report = await scanWeightFile(path, name, {
        allowPickle: flags.allowPickle,
        signal,
      });
      for (const line of lines(report)) output.line(line);
      output.event({ type: "scan", ...report });
      try {
        checkScan(report);
      } catch (error) {
        const failure = toFailure(error, signal);
        output.fail(failure);
        exit ??= failure.exit;
        refused++;
      }
    }
    output.event({ type: "result", command: "scan", files, refused });
    return exit;
  },
};
