import { openCache } from "@plimsoll/cache";
import { type CommandModule, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { count, durationText } from "../text/quantity.ts";

/** Label of the one bar. */
const label = "hashing";

export const cacheVerify: CommandModule = {
  define(command) {
    withExamples(command, [
      [
        "plimsoll cache verify",
        "after a disk fault; what was damaged comes again with the next sync",
      ],
    ]);
  },

  async run({ io, output, signal }) {
    const startedAt = io.now();
    const cache = await openCache({ env: io.env });
    const { blobs, bytes } = await cache.status();
    output.expect(blobs, bytes);
    const { checked, damaged } = await cache.verify({
      signal,
      onProgress: (done) => output.progress(label, done, bytes),
    });
    output.close();
    for (const { sha256, path } of damaged) {
      output.event({ type: "damaged", sha256, path });
      output.line(`${sha256}: damaged, removed from the cache`);
    }
    const time = durationText(io.now() - startedAt);
    output.event({ type: "result", command: "cache verify", checked, damaged: damaged.length });
    if (damaged.length > 0) {
      throw new CliError(
        "E_DIGEST",
        `${cache.dir}: ${damaged.length} of ${count(checked, "file")} damaged and removed: run plimsoll sync where they are used`,
      );
    }
    output.line(`${count(checked, "file")} checked in ${time}: all intact`);
    return undefined;
  },
};
