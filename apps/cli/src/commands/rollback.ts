import { rollbackChannel } from "@plimsoll/weights";
import { type ChannelFlags, channelMover, withChannelFlags } from "../channel-flags.ts";
import { type CommandModule, withExamples } from "../command.ts";
import { parseModelVersion } from "../model-version.ts";
import { withStore } from "../with-store.ts";

export const rollback: CommandModule<ChannelFlags> = {
  define(command) {
    withChannelFlags(
      command.argument(
        "<model[@version]>",
        "with a version: that one of the channel's history (default: the one before)",
      ),
    );
    withExamples(command, [
      ["plimsoll rollback yolov8m --channel production", "back to what it named before"],
      ["plimsoll rollback yolov8m@v1.0.0 --channel production", "further back"],
    ]);
  },

  async run(context, [named = ""], flags) {
    const { output, signal } = context;
    const { model, version } = parseModelVersion(named);
    const mover = await channelMover(context, flags);
    const options = {
      ...mover,
      model,
      release: version,
      signal,
      onWarning: (message: string) => output.warn(message),
    };
    return await withStore(
      context,
      flags,
      async (store) => {
        const { pointer, previous, moved } = await rollbackChannel({ ...options, store });
        output.line(
          `${mover.channel} of ${model}: ${previous ?? "nothing"} -> ${pointer.version} (move ${pointer.sequence})`,
        );
        output.event({ type: "result", command: "rollback", model, moved, previous, pointer });
        return undefined;
      },
      { forWriting: true },
    );
  },
};
