import { countClasses, countNew, csvCell, listOriginals } from "@plimsoll/pipeline";
import { type CommandModule, withExamples } from "../command.ts";
import { sampledModel } from "../model-flag.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { table } from "../text/table.ts";
import { withStore } from "../with-store.ts";

interface DatasetListFlags extends StoreFlags {
  readonly model?: string;
  readonly csv?: true;
}

export const datasetList: CommandModule<DatasetListFlags> = {
  define(command) {
    withStoreFlags(command)
      .option("--model <model>", "whose samples (default: the only model that has some)")
      .option("--csv", "every sample, one a line: key, class, bytes, state");
    withExamples(command, [
      ["plimsoll dataset list --model sounds", "how many of each class"],
      ["plimsoll dataset list --model sounds --csv", "for a spreadsheet; cells hold no formulas"],
    ]);
  },

  async run(context, _args, flags) {
    const { output, signal } = context;
    return await withStore(context, flags, async (store) => {
      const model = await sampledModel(store, flags.model);
      const originals = await listOriginals(store, model, { signal });
      const held = await listOriginals(store, model, { signal, quarantine: true });
      if (flags.csv) {
        output.line("key,class,bytes,state");
        for (const [list, state] of [
          [originals, "original"],
          [held, "quarantine"],
        ] as const) {
          for (const { key, class: label, size } of list) {
            output.line([key, label, size, state].map(csvCell).join(","));
          }
        }
      } else {
        const counts = countClasses(originals);
        const waiting = countClasses(held);
        const names = [...new Set([...Object.keys(counts), ...Object.keys(waiting)])].sort();
        const rows = names.map((name) => [
          name,
          String(counts[name] ?? 0),
          String(waiting[name] ?? 0),
        ]);
        const lines = table(
          [["CLASS", "SAMPLES", "QUARANTINE"], ...rows],
          ["left", "right", "right"],
        );
        if (rows.length > 0) for (const line of lines) output.line(line);
        const { fresh } = await countNew(store, model);
        output.line(`${model}: ${originals.length} samples, ${fresh} since the last training`);
      }
      output.event({
        type: "result",
        command: "dataset list",
        model,
        samples: originals.length,
        classes: countClasses(originals),
        quarantined: countClasses(held),
      });
      return undefined;
    });
  },
};
