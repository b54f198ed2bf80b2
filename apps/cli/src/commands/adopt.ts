import { isModelName } from "@plimsoll/manifest";
import { adoptFolders, type AdoptedFolder } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { oneLine } from "../text/one-line.ts";
import { bytesText, count } from "../text/quantity.ts";
import { table } from "../text/table.ts";
import { withStore } from "../with-store.ts";

interface AdoptFlags {
  readonly model?: string;
  readonly yes?: true;
  readonly allowHttp?: true;
  readonly offline?: true;
}

function outcomeText({ outcome, version, equals, note }: AdoptedFolder): string {
  switch (outcome) {
    case "unpinned":
      return version === "latest" ? "unpinned: would be compared" : "unpinned: would be adopted";
    case "adopted":
      return "adopted: hashed and pinned";
    case "channel":
      return `has the bytes of ${equals}: the channel latest names it now`;
    case "same":
      return `has the bytes of ${equals}, which the channel latest names`;
    default:
      return `left alone: ${oneLine(note ?? outcome, 300)}`;
  }
}

export const adopt: CommandModule<AdoptFlags> = {
  define(command) {
    command
      .argument("<store>", "URL or configured name")
      .option("--model <name>", "only this model (default: all)")
      .option("--yes", "read the files and write manifests; without it they are only listed")
      .option("--allow-http", "accept http:// beyond this machine")
      .option("--offline", "use no network: only a folder can be a store");
    withExamples(command, [
      ["plimsoll adopt s3://atlas-models", "what was uploaded by hand and is pinned by nothing"],
      ["plimsoll adopt s3://atlas-models --yes", "hash it where it lies and write its manifests"],
    ]);
  },

  async run(context, [store = ""], flags) {
    const { output, signal } = context;
    if (flags.model !== undefined && !isModelName(flags.model)) {
      throw new CliError(
        "E_USAGE",
        `--model "${flags.model}": lower-case letters, digits and . _ -`,
      );
    }
    return await withStore(context, { ...flags, store }, async (driver) => {
      output.startBars();
      const folders = await adoptFolders(driver, {
        ...(flags.model === undefined ? {} : { model: flags.model }),
        write: flags.yes ?? false,
        signal,
        onProgress(key, bytes, size) {
          output.progress(key, bytes, size);
          if (bytes >= size) output.settle(key, undefined);
        },
        onWarning: (message) => output.warn(oneLine(message)),
      });
      output.close();
      for (const folder of folders) output.event({ type: "folder", ...folder });
      const rows = folders.map((folder) => [
        folder.model,
        folder.version,
        `${count(folder.files, "file")}, ${bytesText(folder.bytes)}`,
        outcomeText(folder),
      ]);
      if (rows.length > 0)
        for (const line of table([["MODEL", "FOLDER", "FILES", "OUTCOME"], ...rows]))
          output.line(line);
      const open = folders.filter(({ outcome }) => outcome === "unpinned").length;
      if (folders.length === 0) output.line("Everything is pinned.");
      else if (open > 0) output.line(`${count(open, "folder")} to adopt. Run it with --yes.`);
      output.event({
        type: "result",
        command: "adopt",
        store: driver.url,
        folders: folders.length,
        open,
      });
      return undefined;
    });
  },
};
