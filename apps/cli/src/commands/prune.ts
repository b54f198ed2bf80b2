import { type PrunedVersion, pruneVersions } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { parseModelVersion } from "../model-version.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { bytesText, count } from "../text/quantity.ts";
import { table } from "../text/table.ts";
import { withStore } from "../with-store.ts";

interface PruneFlags extends StoreFlags {
  readonly keep: string;
  readonly yes?: true;
}

const reasons: Readonly<Record<PrunedVersion["reason"], string>> = {
  newest: "among the newest",
  channel: "named by",
  unpinned: "put there by hand: plimsoll adopt pins it",
  unfinished: "a publish that may be under way",
  old: "old",
};

function rowOf({ version, fate, reason, channels, objects, bytes }: PrunedVersion): string[] {
  const why = channels.length > 0 ? `${reasons.channel} ${channels.join(", ")}` : reasons[reason];
  const size = fate === "kept" ? "" : `${count(objects, "object")}, ${bytesText(bytes)}`;
  return [version, fate, why, size];
}

export const prune: CommandModule<PruneFlags> = {
  define(command) {
    withStoreFlags(
      command
        .argument("<model>")
        .requiredOption("--keep <count>", "so many of the newest versions stay")
        .option("--yes", "remove them; without it the list is all that happens"),
    );
    withExamples(command, [
      ["plimsoll prune yolov8m --keep 5", "which versions would go, and what they weigh"],
      ["plimsoll prune yolov8m --keep 5 --yes", "remove them, for every manifest that pins them"],
    ]);
  },

  async run(context, [named = ""], flags) {
    const { output, signal } = context;
    const { model, version } = parseModelVersion(named);
    if (version !== undefined) {
      throw new CliError("E_USAGE", `prune takes a model: plimsoll prune ${model} --keep 5`);
    }
    const keep = Number(flags.keep);
    if (!/^[1-9][0-9]{0,5}$/.test(flags.keep)) {
      throw new CliError("E_USAGE", `--keep "${flags.keep}": a number of versions, at least 1`);
    }
    return await withStore(context, flags, async (driver) => {
      const versions = await pruneVersions(driver, model, {
        keep,
        remove: flags.yes ?? false,
        signal,
        onRemoved: (gone) => output.log("info", `${model} ${gone}: removed`),
      });
      if (versions.length === 0) {
        throw new CliError(
          "E_NOT_FOUND",
          `${model}: no such model at ${driver.url}: plimsoll models lists what is there`,
        );
      }
      for (const each of versions) output.event({ type: "version", model, ...each });
      for (const line of table([["VERSION", "FATE", "WHY", "FREES"], ...versions.map(rowOf)]))
        output.line(line);
      const going = versions.filter(({ fate }) => fate !== "kept");
      const bytes = going.reduce((sum, each) => sum + each.bytes, 0);
      const total = `${count(going.length, "version")}, ${bytesText(bytes)}`;
      if (going.length === 0) output.line("Nothing to remove.");
      else if (flags.yes) output.line(`Removed ${total}.`);
      else output.line(`Would remove ${total}. Run it with --yes to do so.`);
      output.event({
        type: "result",
        command: "prune",
        store: driver.url,
        model,
        versions: going.length,
        bytes,
        removed: flags.yes ?? false,
      });
      return undefined;
    });
  },
};
