import { openCache } from "@plimsoll/cache";
import { type CommandModule, withExamples } from "../command.ts";
import { parseBytes } from "../text/byte-amount.ts";
import { bytesText, count } from "../text/quantity.ts";

interface GcFlags {
  readonly budget?: string;
  readonly dryRun?: true;
}

export const cacheGc: CommandModule<GcFlags> = {
  define(command) {
    command
      .option(
        "--budget <size>",
        "remove the least recently used files until the cache is no larger, e.g. 20GB (default: only leftovers go)",
      )
      .option("--dry-run", "say what would go");
    withExamples(command, [
      ["plimsoll cache gc", "remove what killed processes left"],
      [
        "plimsoll cache gc --budget 20GB",
        "keep what was used last; never what is pinned, being read or shared with an app's folder",
      ],
    ]);
  },

  async run({ io, output }, _args, { budget, dryRun = false }) {
    const cache = await openCache({ env: io.env });
    const result = await cache.gc({
      dryRun,
      ...(budget === undefined ? {} : { budgetBytes: parseBytes(budget, "--budget") }),
    });
    const { removed, removedBytes, bytes, overBytes } = result;
    const what = dryRun ? "would be removed" : "removed";
    output.line(
      `${count(removed.length, "file")} ${what}, ${bytesText(removedBytes)}; ${bytesText(bytes)} stay in ${cache.dir}`,
    );
    if (overBytes > 0) {
      output.line(
        `${bytesText(overBytes)} above the budget: pinned, being read, or used in the last minutes`,
      );
    }
    output.event({
      type: "result",
      command: "cache gc",
      dir: cache.dir,
      dryRun,
      removed: removed.map(({ sha256, size }) => ({ sha256, size })),
      removedBytes,
      bytes,
      overBytes,
    });
    return undefined;
  },
};
