import { listVersions } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { parseModelVersion } from "../model-version.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { table } from "../text/table.ts";
import { withStore } from "../with-store.ts";

export const versions: CommandModule<StoreFlags> = {
  define(command) {
    withStoreFlags(command.argument("<model>"));
    withExamples(command, [
      ["plimsoll versions yolov8m", "newest first; the first is what latest means by default"],
    ]);
  },

  async run(context, [named = ""], flags) {
    const { output, signal } = context;
    const { model } = parseModelVersion(named);
    return await withStore(context, flags, async (driver) => {
      const listed = await listVersions(driver, model, { signal });
      if (listed.length === 0) {
        throw new CliError(
          "E_NOT_FOUND",
          `${model}: no such model at ${driver.url}: plimsoll models lists what is there`,
        );
      }
      for (const version of listed) output.event({ type: "version", model, ...version });
      const rows = listed.map(({ version, state, isYanked, publishedAt }) => [
        version,
        isYanked ? `${state}, withdrawn` : state,
        publishedAt?.toISOString().slice(0, 16).replace("T", " ") ?? "",
      ]);
      for (const line of table([["VERSION", "STATE", "PUBLISHED (UTC)"], ...rows]))
        output.line(line);
      if (listed.some(({ state }) => state === "unpinned")) {
        output.warn(
          "unpinned: a folder without a manifest, from a publish that did not finish or filled by hand; publish again to finish it",
        );
      }
      output.event({
        type: "result",
        command: "versions",
        store: driver.url,
        model,
        versions: listed.length,
      });
      return undefined;
    });
  },
};
