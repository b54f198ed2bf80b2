import type { KeyObject } from "node:crypto";
import type { Command } from "commander";
import type { TrustedKey } from "@plimsoll/manifest";
import { type AttestationTrust, issuer } from "@plimsoll/weights";
import { collect, type Context } from "./command.ts";
import { signingKeys } from "./config/signing-keys.ts";
import { attestationTrust } from "./config/attestation-trust.ts";
import { trustedKeys } from "./config/trusted-keys.ts";
import { CliError } from "./error.ts";
import { type StoreFlags, withStoreFlags } from "./store-flags.ts";
import { parseDuration } from "./text/duration.ts";

/** Flags of the commands that move a channel. */
export interface ChannelFlags extends StoreFlags {
  readonly channel?: string;
  readonly expires?: string;
  readonly key?: readonly string[];
  readonly by?: string;
}

/** Adds them. */
export function withChannelFlags(command: Command): Command {
  return withStoreFlags(command)
    .option("--channel <name>", "the channel to move, e.g. production")
    .option("--expires <duration>", "readers call the channel stale after this, e.g. 30d")
    .option(
      "--key <file>",
      "private key (PEM) to sign the channel with; two while keys change (default: PLIMSOLL_SIGNING_KEY)",
      collect,
    )
    .option("--by <text>", "who moves it, for the history (default: the CI run, else user@host)");
}

/** Who moves a channel, for how long, and with which keys. */
export interface ChannelMover {
  readonly channel: string;
  readonly keys: readonly TrustedKey[];
  readonly attestation: AttestationTrust | undefined;
  readonly signingKeys: readonly KeyObject[];
  readonly issuedBy: string;
  readonly expires: Date | undefined;
  readonly now: () => Date;
}

/** What the flags, the environment and the config say about a move. */
export async function channelMover(context: Context, flags: ChannelFlags): Promise<ChannelMover> {
  const { io } = context;
  if (flags.channel === undefined) {
    throw new CliError("E_USAGE", "which channel? Give --channel, e.g. --channel production");
  }
  return {
    channel: flags.channel,
    keys: await trustedKeys(context),
    attestation: await attestationTrust(context),
    signingKeys: await signingKeys(context, flags.key),
    issuedBy: flags.by ?? issuer(io.env),
    expires: expiry(context, flags.expires),
    now: () => new Date(io.now()),
  };
}

/** When `--expires 30d` ends. */
export function expiry({ io }: Pick<Context, "io">, text: string | undefined): Date | undefined {
  return text === undefined
    ? undefined
    : new Date(io.now() + parseDuration(text, "--expires") * 1000);
}
