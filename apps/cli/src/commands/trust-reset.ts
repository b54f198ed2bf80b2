import { join } from "node:path";
import { openCache } from "@plimsoll/cache";
import { openTrustMemory } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { count } from "../text/quantity.ts";

interface TrustResetFlags {
  readonly model?: string;
  readonly channel?: string;
}

export const trustReset: CommandModule<TrustResetFlags> = {
  define(command) {
    command
      .option("--model <name>", "only channels of this model")
      .option("--channel <name>", "only channels of this name");
    withExamples(command, [
      [
        "plimsoll trust reset --model yolov8m",
        "after the publisher began its channels anew on purpose: the next look is taken as the first",
      ],
    ]);
  },

  async run({ io, output }, _args, { model, channel }) {
    const cache = await openCache({ env: io.env });
    const memory = openTrustMemory(join(cache.dir, "trust"));
    const forgotten = await memory.reset({
      ...(model === undefined ? {} : { model }),
      ...(channel === undefined ? {} : { channel }),
    });
    output.line(`${count(forgotten, "channel")} forgotten`);
    output.event({ type: "result", command: "trust reset", forgotten });
    return undefined;
  },
};
