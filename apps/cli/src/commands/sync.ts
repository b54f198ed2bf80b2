import { existsSync } from "node:fs";
import { join } from "node:path";
import { isSyncSkipped, type SyncOptions, syncWeights } from "@plimsoll/weights";
import { type CommandModule, type Context, withExamples } from "../command.ts";
import { attestationTrust } from "../config/attestation-trust.ts";
import { trustedKeys } from "../config/trusted-keys.ts";
import { CliError } from "../error.ts";
import { toFailure } from "../failure.ts";
import { reportSync, syncSummary } from "../sync-report.ts";

interface SyncFlags {
  readonly dir?: string;
  readonly store?: string;
  readonly model?: string;
  readonly release?: string;
  readonly channel?: string;
  readonly force?: true;
  readonly verifyOnly?: true;
  readonly frozen?: true;
  readonly requiredOnly?: true;
  readonly offline?: true;
  readonly failStale?: true;
  readonly allowPickle?: true;
  readonly allowHttp?: true;
}

/** A bucket's public address answers so when the bucket is private; its signed one was tried as well. */
const privateHint =
  "private? For a bucket set S3_ACCESS_KEY and S3_SECRET_KEY (or the AWS_ names); for other hosts see docs/how-to/private-downloads.md";

const defaultManifest = join("weights", "manifest.json");

/** What the argument means: a manifest's path or URL, or a store's. */
function source({ settings }: Context, named: string | undefined, flags: SyncFlags): string {
  if (named !== undefined && flags.store !== undefined) {
    throw new CliError("E_USAGE", "give a manifest or --store, not both");
  }
  if (flags.store !== undefined) return settings.store(flags.store, "--store").url;
  if (named !== undefined) {
    const isStore =
      /^[a-z][a-z0-9+.-]+:/i.test(named) || Object.hasOwn(settings.config.stores ?? {}, named);
    return isStore ? settings.store(named, "sync").url : settings.path(named);
  }
  if (flags.model !== undefined) return settings.defaultStore().url;
  const path = settings.path(defaultManifest);
  if (existsSync(path)) return path;
  throw new CliError(
    "E_NOT_FOUND",
    `${path}: no manifest here: give one (plimsoll sync path/manifest.json), or a store (--store s3://… --model name)`,
  );
}

async function options(context: Context, from: string, flags: SyncFlags): Promise<SyncOptions> {
  const { io, output, settings, signal } = context;
  const configured = settings.config.sync;
  const dir =
    flags.dir === undefined
      ? configured?.dir && settings.path(configured.dir, "config")
      : settings.path(flags.dir);
  const channel = flags.channel ?? (flags.release === undefined ? configured?.channel : undefined);
  const attestation = await attestationTrust(context);
  return {
    from,
    ...(dir ? { dir } : {}),
    ...(flags.model === undefined ? {} : { model: flags.model }),
    ...(flags.release === undefined ? {} : { release: flags.release }),
    ...(channel === undefined ? {} : { channel }),
    force: flags.force ?? false,
    verifyOnly: flags.verifyOnly ?? false,
    frozen: flags.frozen ?? false,
    requiredOnly: flags.requiredOnly ?? false,
    offline: flags.offline ?? settings.offline,
    allowHttp: flags.allowHttp ?? false,
    headers: settings.headers(),
    keys: await trustedKeys(context),
    ...(attestation && { attestation }),
    allowPickle: flags.allowPickle ?? false,
    stale: flags.failStale ? "refuse" : "warn",
    now: () => new Date(io.now()),
    signal,
    env: io.env,
    onEvent: reportSync(io, output),
  };
}

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
      await options(context, source(context, named, flags), flags),
    ).catch((error: unknown) => {
      if (flags.store === undefined && toFailure(error).code === "E_AUTH") output.warn(privateHint);
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
