import { isSyncSkipped, syncWeights } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { type Failure, toFailure } from "../failure.ts";
import { type SyncFlags, syncFrom, syncOptions } from "../sync-flags.ts";
import { syncSummary } from "../sync-report.ts";

/** A bucket's public address answers so when the bucket is private; its signed one was tried as well. */
const privateHint =
  "private? For a bucket set S3_ACCESS_KEY and S3_SECRET_KEY (or the AWS_ names); for other hosts see docs/how-to/private-downloads.md";

/** Not by a proxy, nor by a file system that lets nobody in. */
const isRefusedByHost = ({ code, message, problems = [] }: Failure): boolean =>
  [{ code, message }, ...problems].some(
    (one) => one.code === "E_AUTH" && /\b40[13],/.test(one.message),
  );

export const sync: CommandModule<SyncFlags> = {
  define(command) {
    command
      .argument(
        "[source]",
        "manifest (file or https URL) or store (default: weights/manifest.json)",
      )
      .option("--dir <folder>", "the folder to make equal (default: the manifest's own folder)")
      .option("--store <store>", "URL or configured name of a store; with --model")
      .option("--model <name>", "with a store: which model")
      .option("--release <version>", "with a store: which version, e.g. v1.2.0")
      .option("--channel <name>", "with a store: what this channel names (default: latest)")
      .option("--force", "fetch again even what is verified")
      .option("--verify-only", "hash what is here and change nothing")
      .option("--frozen", "fail instead of changing the manifest beside the weights")
      .option("--required-only", "leave out files with required: false")
      .option("--allow-pickle", "take files with code in them that the scan does not know")
      .option("--fail-stale", "fail if the channel has expired, instead of a warning")
      .option("--offline", "take nothing from the network; fail where something is missing")
      .option(
        "--max-rate <rate>",
        "let in no more than this, over all files: 10MB, 80Mbit (a second)",
      )
      .option("--allow-http", "accept http:// beyond this machine");
    withExamples(command, [
      ["plimsoll sync", "bring what weights/manifest.json pins into weights/"],
      [
        "plimsoll sync --offline",
        "at the start of an app whose image holds the weights: proves them, never waits",
      ],
      [
        "plimsoll sync s3://my-bucket --model yolov8m --channel production --dir models",
        "follow a channel",
      ],
      ["SKIP_WEIGHT_SYNC=1 plimsoll sync", "do nothing, exit 0"],
    ]);
  },

  async run(context, [named], flags) {
    const { io, output } = context;
    if (isSyncSkipped(io.env)) {
      output.line("SKIP_WEIGHT_SYNC is set: nothing was synced");
      output.event({ type: "skipped", reason: "SKIP_WEIGHT_SYNC" });
      return undefined;
    }
    const result = await syncWeights(
      await syncOptions(context, syncFrom(context, named, flags), flags),
    ).catch((error: unknown) => {
      if (flags.store === undefined && isRefusedByHost(toFailure(error))) output.warn(privateHint);
      throw error;
    });
    output.close();
    output.line(syncSummary(result));
    const { files, receivedBytes, localBytes, elapsedMs, dir, manifest } = result;
    output.event({
      type: "result",
      command: "sync",
      dir,
      release: manifest.manifest.release,
      manifest: manifest.digest,
      receivedBytes,
      localBytes,
      elapsedMs,
      files,
    });
    return undefined;
  },
};
