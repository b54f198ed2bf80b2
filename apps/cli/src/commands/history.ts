import { channelHistory } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { trustedKeys } from "../config/trusted-keys.ts";
import { CliError } from "../error.ts";
import { parseModelVersion } from "../model-version.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { oneLine } from "../text/one-line.ts";
import { table } from "../text/table.ts";
import { withStore } from "../with-store.ts";

interface HistoryFlags extends StoreFlags {
  readonly channel?: string;
}

export const history: CommandModule<HistoryFlags> = {
  define(command) {
    withStoreFlags(command.argument("<model>")).option(
      "--channel <name>",
      "only this one (default: all channels of the model)",
    );
    withExamples(command, [
      ["plimsoll history yolov8m", "who moved which channel, when, and to what"],
      ["plimsoll history yolov8m --channel production --json", "one channel, for a program"],
    ]);
  },

  async run(context, [named = ""], flags) {
    const { output, signal } = context;
    const { model } = parseModelVersion(named);
    const keys = await trustedKeys(context);
    return await withStore(context, flags, async (driver) => {
      const entries = await channelHistory(driver, model, { keys, signal, channel: flags.channel });
      if (entries.length === 0) {
        throw new CliError(
          "E_NOT_FOUND",
          `${model}: no channel ${flags.channel ?? ""} at ${driver.url}: plimsoll promote ${model}@<version> --channel production makes one`,
        );
      }
      const rows = entries.map((entry) => [
        entry.issued_at.slice(0, 16).replace("T", " "),
        entry.channel,
        String(entry.sequence),
        oneLine(entry.version) +
          (entry.isCurrent ? " (now)" : "") +
          (entry.isRevoked ? " (withdrawn)" : ""),
        oneLine(entry.issued_by ?? "", 300),
      ]);
      for (const line of table([["WHEN (UTC)", "CHANNEL", "MOVE", "VERSION", "WHO"], ...rows])) {
        output.line(line);
      }
      for (const entry of entries) output.event({ type: "move", model, ...entry });
      output.event({ type: "result", command: "history", model, moves: entries.length });
      return undefined;
    });
  },
};
