import { approveSamples } from "@plimsoll/pipeline";
import { type CommandModule, withExamples } from "../command.ts";
import { sampledModel } from "../model-flag.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { withStore } from "../with-store.ts";

interface DatasetApproveFlags extends StoreFlags {
  readonly model?: string;
  readonly reject?: true;
}

export const datasetApprove: CommandModule<DatasetApproveFlags> = {
  define(command) {
    withStoreFlags(command.argument("[class]", "only of this class"))
      .option("--model <model>", "whose samples (default: the only model that has some)")
      .option("--reject", "remove them instead");
    withExamples(command, [
      ["plimsoll dataset approve gun_shot --model sounds", "they are learned from now on"],
      ["plimsoll dataset approve gun_shot --model sounds --reject", "they are thrown away"],
    ]);
  },

  async run(context, [label], flags) {
    const { output, signal } = context;
    const work = async (store: Parameters<typeof approveSamples>[0]): Promise<undefined> => {
      const model = await sampledModel(store, flags.model);
      const { reject = false } = flags;
      const count = await approveSamples(store, model, { class: label, reject, signal });
      output.line(`${model}: ${count} samples ${reject ? "removed" : "approved"}`);
      output.event({ type: "result", command: "dataset approve", model, count, reject });
      return undefined;
    };
    return await withStore(context, flags, work, { forWriting: true });
  },
};
