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
      const tests = await listOriginals(store, model, { signal, heldOut: true });
      if (flags.csv) {
        output.line("key,class,bytes,state");
        for (const [list, state] of [
          [originals, "original"],
          [tests, "held-out"],
          [held, "quarantine"],
        ] as const) {
          for (const { key, class: label, size } of list) {
            output.line([key, label, size, state].map(csvCell).join(","));
          }
        }
      } else {
        const counts = countClasses(originals);
        const tested = countClasses(tests);
        const waiting = countClasses(held);
        const names = [...new Set([counts, tested, waiting].flatMap(Object.keys))].sort();
        const rows = names.map((name) => [
          name,
          ...[counts, tested, waiting].map((each) => String(each[name] ?? 0)),
        ]);
        const lines = table(
          [["CLASS", "SAMPLES", "HELD OUT", "QUARANTINE"], ...rows],
          ["left", "right", "right", "right"],
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
        held_out: countClasses(tests),
        quarantined: countClasses(held),
      });
      return undefined;
    });
  },
};
