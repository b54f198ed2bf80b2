import { listModels, listVersions } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { table } from "../text/table.ts";
import { withStore } from "../with-store.ts";

export const models: CommandModule<StoreFlags> = {
  define(command) {
    withStoreFlags(command);
    withExamples(command, [
      ["plimsoll models", "of the configured store"],
      ["plimsoll models --store gs://my-bucket", "of another"],
    ]);
  },

  async run(context, _args, flags) {
    const { output, signal } = context;
    return await withStore(context, flags, async (driver) => {
      const rows: string[][] = [];
      for (const model of await listModels(driver, { signal })) {
        const listed = await listVersions(driver, model, { signal });
        const newest = listed.find(({ state }) => state === "published") ?? listed[0];
        output.event({ type: "model", model, versions: listed.length, newest: newest?.version });
        rows.push([model, String(listed.length), newest?.version ?? ""]);
      }
      if (rows.length === 0) output.line(`no models at ${driver.url}`);
      else {
        const lines = table([["MODEL", "VERSIONS", "NEWEST"], ...rows], ["left", "right"]);
        for (const line of lines) output.line(line);
      }
      output.event({ type: "result", command: "models", store: driver.url, models: rows.length });
      return undefined;
    });
  },
};
