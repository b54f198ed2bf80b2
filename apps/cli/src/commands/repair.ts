import { repairWeights, type SyncResult } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { type SyncFlags, syncFrom, syncOptions } from "../sync-flags.ts";
import { oneLine } from "../text/one-line.ts";
import { bytesText, count } from "../text/quantity.ts";

/** What was mended, and what it took. */
function repairLine({ files, receivedBytes, localBytes }: SyncResult): string {
  const mended = files.filter(({ outcome }) => outcome === "fetched" || outcome === "cached");
  if (mended.length === 0) return `${count(files.length, "file")}: nothing to repair`;
  const names = mended.map(({ name }) => oneLine(name)).join(", ");
  const kept = localBytes > 0 ? `, ${bytesText(localBytes)} of the damaged copies kept` : "";
  return `${names}: repaired with ${bytesText(receivedBytes)}${kept}`;
}

export const repair: CommandModule<SyncFlags> = {
  define(command) {
    command
      .argument(
        "[source]",
        "manifest (file or https URL) or store (default: weights/manifest.json)",
      )
      .option("--dir <folder>", "the folder to look through (default: the manifest's own folder)")
      .option("--store <store>", "URL or configured name of a store; with --model")
      .option("--model <name>", "with a store: which model")
      .option("--release <version>", "with a store: which version, e.g. v1.2.0")
      .option("--channel <name>", "with a store: what this channel names (default: latest)")
      .option("--required-only", "leave out files with required: false")
      .option("--allow-pickle", "take files with code in them that the scan does not know")
      .option("--offline", "take nothing from the network; fail where that is needed")
      .option("--max-rate <rate>", "let in no more than this: 10MB, 80Mbit (a second)")
      .option("--allow-http", "accept http:// beyond this machine");
    withExamples(command, [
      ["plimsoll repair", "hash every file of weights/manifest.json, fetch only damaged chunks"],
      ["plimsoll repair s3://my-bucket --model yolov8m --dir models", "from a store"],
    ]);
  },

  async run(context, [named], flags) {
    const { output } = context;
    const options = await syncOptions(context, syncFrom(context, named, flags), flags);
    const { force: _force, verifyOnly: _verifyOnly, ...rest } = options;
    const result = await repairWeights(rest);
    output.close();
    output.line(repairLine(result));
    const { files, receivedBytes, localBytes, elapsedMs, dir, manifest } = result;
    output.event({
      type: "result",
      command: "repair",
      dir,
      manifest: manifest.digest,
      receivedBytes,
      localBytes,
      elapsedMs,
      files,
    });
    return undefined;
  },
};
