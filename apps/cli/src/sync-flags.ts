import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SyncOptions } from "@plimsoll/weights";
import type { Context } from "./command.ts";
import { attestationTrust } from "./config/attestation-trust.ts";
import { trustedKeys } from "./config/trusted-keys.ts";
import { CliError } from "./error.ts";
import { reportSync } from "./sync-report.ts";
import { parseRate } from "./text/byte-amount.ts";

/** Flags of `sync` and `repair`, as they were given. */
export interface SyncFlags {
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
  readonly maxRate?: string;
}

const defaultManifest = join("weights", "manifest.json");

/** What the argument means: a manifest's path or URL, or a store's. */
export function syncFrom(
  { settings }: Context,
  named: string | undefined,
  flags: SyncFlags,
): string {
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

/** What the flags, the environment and the config ask for. */
export async function syncOptions(
  context: Context,
  from: string,
  flags: SyncFlags,
): Promise<SyncOptions> {
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
    ...(flags.maxRate === undefined
      ? {}
      : { fetch: { maxBytesPerSecond: parseRate(flags.maxRate, "--max-rate") } }),
    signal,
    env: io.env,
    onEvent: reportSync(io, output),
  };
}
