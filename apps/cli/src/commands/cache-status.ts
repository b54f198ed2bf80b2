import { openCache } from "@plimsoll/cache";
import { type CommandModule, withExamples } from "../command.ts";
import { bytesText, count } from "../text/quantity.ts";
import { table } from "../text/table.ts";

interface StatusFlags {
  readonly files?: true;
}

export const cacheStatus: CommandModule<StatusFlags> = {
  define(command) {
    command.option("--files", "list the cached files, the latest used first");
    withExamples(command, [
      ["plimsoll cache status --files", "what is here and when it was last used"],
      ["PLIMSOLL_CACHE_DIR=/data/cache plimsoll cache status", "of a cache on a persistent disk"],
    ]);
  },

  async run({ io, output }, _args, flags) {
    const cache = await openCache({ env: io.env });
    const status = await cache.status();
    const { dir, blobs, bytes, partials, partialBytes, hits, misses } = status;
    const asked = hits + misses;
    const facts = [
      ["folder", dir],
      ["files", `${count(blobs, "file")}, ${bytesText(bytes)}`],
      ["unfinished", partials ? `${count(partials, "file")}, ${bytesText(partialBytes)}` : "none"],
      ["hits", asked ? `${hits} of ${asked} (${Math.round((hits * 100) / asked)} %)` : "none yet"],
    ];
    for (const line of table(facts)) output.line(line);
    if (flags.files && blobs > 0) {
      const files = [...status.files].sort((a, b) => b.usedAt.getTime() - a.usedAt.getTime());
      const rows = files.map(({ sha256, size, usedAt }) => [
        sha256,
        bytesText(size),
        usedAt.toISOString().slice(0, 16).replace("T", " "),
      ]);
      output.line();
      for (const line of table([["SHA256", "SIZE", "USED (UTC)"], ...rows], ["left", "right"]))
        output.line(line);
    }
    output.event({ type: "result", command: "cache status", ...status });
    return undefined;
  },
};
