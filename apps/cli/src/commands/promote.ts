import { promoteRelease } from "@plimsoll/weights";
import { type ChannelFlags, channelMover, withChannelFlags } from "../channel-flags.ts";
import { collect, type CommandModule, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { parseModelVersion } from "../model-version.ts";
import { withStore } from "../with-store.ts";

interface PromoteFlags extends ChannelFlags {
  readonly require?: readonly string[];
  readonly notWorseThan?: readonly string[];
  readonly expect?: string;
  readonly requireSignature?: true;
  readonly requireSmoke?: true;
}

export const promote: CommandModule<PromoteFlags> = {
  define(command) {
    withChannelFlags(command.argument("<model@version>"))
      .option("--require <gate>", "a metric: accuracy>=0.9, metrics.f1>0.8; repeatable", collect)
      .option(
        "--not-worse-than <channel:metric>",
        "at least as good as what this channel names: production:accuracy; repeatable",
        collect,
      )
      .option("--expect <version>", "only if the channel names this now; none: not yet there")
      .option("--require-signature", "only what a key of the config signed")
      .option("--require-smoke", "only what passed its smoke test");
    withExamples(command, [
      ["plimsoll promote yolov8m@v1.2.0 --channel production", "one guarded write"],
      [
        "plimsoll promote yolov8m@v1.2.0 --channel production --require 'accuracy>=0.9' --not-worse-than production:accuracy",
        "exit 10 with the reason if a gate refuses",
      ],
      [
        "plimsoll promote yolov8m@v1.2.0 --channel production --expect v1.1.0",
        "only if nobody else moved it",
      ],
    ]);
  },

  async run(context, [named = ""], flags) {
    const { output, signal } = context;
    const { model, version } = parseModelVersion(named);
    if (version === undefined) {
      throw new CliError("E_USAGE", `promote which version? As in ${model}@v1.2.0`);
    }
    const mover = await channelMover(context, flags);
    const work = async (store: Parameters<typeof promoteRelease>[0]["store"]) => {
      const { pointer, moved, previous } = await promoteRelease({
        ...mover,
        store,
        model,
        release: version,
        signal,
        require: flags.require,
        notWorseThan: flags.notWorseThan,
        expect: flags.expect,
        requireSignature: flags.requireSignature,
        requireSmoke: flags.requireSmoke,
        onWarning: (message) => output.warn(message),
      });
      const { channel } = mover;
      output.line(
        moved
          ? `${channel} of ${model}: ${previous ?? "nothing"} -> ${version} (move ${pointer.sequence})`
          : `${channel} of ${model}: names ${version} already (move ${pointer.sequence})`,
      );
      if (moved && previous !== undefined && previous !== version) {
        output.line(`Back again: plimsoll rollback ${model} --channel ${channel}`);
      }
      output.event({ type: "result", command: "promote", model, moved, previous, pointer });
      return undefined;
    };
    return await withStore(context, flags, work, { forWriting: true });
  },
};
