import { openCache } from "@plimsoll/cache";
import { type CommandModule, withExamples } from "../command.ts";
import { bytesText, count } from "../text/quantity.ts";

export const cacheClear: CommandModule = {
  define(command) {
    withExamples(command, [
      ["plimsoll cache clear", "free the disk; files in the apps' folders stay"],
    ]);
  },

  async run({ io, output }) {
    const cache = await openCache({ env: io.env });
    const { blobs, bytes } = await cache.clear();
    output.line(`${count(blobs, "file")} removed, ${bytesText(bytes)} freed in ${cache.dir}`);
    output.event({ type: "result", command: "cache clear", dir: cache.dir, blobs, bytes });
    return undefined;
  },
};
