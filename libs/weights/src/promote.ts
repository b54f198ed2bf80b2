import { isModelName, type ParsedManifest, parseRelease, printable } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { followLatest } from "./follow-latest.ts";
import { movePointer } from "./move-pointer.ts";
import type { Pointer } from "./pointer.ts";
import { codeOf } from "./problem.ts";
import { type PromotionGates, refusal } from "./promotion-gates.ts";
import { readRelease, type StoredRelease } from "./read-release.ts";
import { parseComparison, parseRequirement } from "./requirement.ts";
import type { SigningOptions, TrustOptions } from "./trust.ts";

/** What a move of a channel is told, whichever verb moves it. */
export interface ChannelMoveOptions extends Omit<TrustOptions, "allowYanked">, SigningOptions {
  readonly store: Driver;
  readonly model: string;
  readonly channel: string;
  /** When the channel's new place becomes stale for readers; default never. */
  readonly expires?: Date | undefined;
  /** Who moves it, for its history. */
  readonly issuedBy?: string | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

export interface PromoteOptions extends ChannelMoveOptions, PromotionGates {
  /** The version that the channel is to name; it must be published and not withdrawn. */
  readonly release: string;
}

/** How a channel came to stand. */
export interface ChannelMove {
  readonly pointer: Pointer;
  /** False where it named this version already. */
  readonly moved: boolean;
  /** What it named before the move. */
  readonly previous: string | undefined;
  readonly manifest: ParsedManifest;
}

/**
 * Points a channel at a version if every gate lets it: one conditional write, with who and when in its history. Promoters
 * at the same time follow each other, and each one's gates are asked about the channel as it stands then; with `expect`
 * only one of them wins.
 *
 * Throws `E_GATE` with the reason, `E_NOT_FOUND` for a version that is not there, `E_SIG`, `E_CONFLICT`, and what the
 * store throws.
 */
export async function promoteRelease(options: PromoteOptions): Promise<ChannelMove> {
  const { store, model, release, channel } = options;
  checkNames(options);
  // Gates that cannot be read are refused before anything is asked.
  options.require?.forEach(parseRequirement);
  options.notWorseThan?.forEach(parseComparison);
  const found = await readCandidate(options);
  return await moveTo(found, options, async (current) => {
    const reason = await refusal(found, current, options);
    if (reason === undefined) return;
    throw new WeightsError(
      "E_GATE",
      `${model}@${release}: not promoted to ${channel} at ${store.url}: ${reason}`,
    );
  });
}

/** Moves a channel to a version that was read, and lets `metadata.json` follow `latest`. */
export async function moveTo(
  { model, version, manifest }: StoredRelease,
  options: ChannelMoveOptions,
  check?: (current: Pointer | undefined) => Promise<void>,
): Promise<ChannelMove> {
  const { store, channel, signal, now, keys, signingKeys } = options;
  let previous: string | undefined;
  const { pointer, moved } = await movePointer(
    store,
    {
      model,
      channel,
      version,
      manifest: { checksum: manifest.digest, size: manifest.bytes.length },
      issuedAt: now?.() ?? new Date(),
      issuedBy: options.issuedBy,
      expires: options.expires,
    },
    {
      signal,
      now,
      keys,
      signingKeys,
      check: async (current) => {
        previous = current?.version;
        await check?.(current);
      },
    },
  );
  if (channel === "latest") await followLatest(store, model, options);
  return { pointer, moved, previous, manifest };
}

/** Throws `E_USAGE` for names that are none. */
export function checkNames({
  model,
  channel,
  release,
}: {
  readonly model: string;
  readonly channel?: string | undefined;
  readonly release?: string | undefined;
}): void {
  const refuse = (text: string, what: string): never => {
    throw new WeightsError("E_USAGE", `"${printable(text, 100)}" is no ${what}`);
  };
  if (!isModelName(model)) refuse(model, "model name");
  if (channel !== undefined && (!isModelName(channel) || parseRelease(channel) !== undefined)) {
    refuse(channel, "channel name: [a-z0-9][a-z0-9._-]{0,99}, and no version");
  }
  if (release !== undefined && parseRelease(release) === undefined && !isModelName(release)) {
    refuse(release, "version: v and three numbers, for example v1.0.0");
  }
}

async function readCandidate(options: PromoteOptions): Promise<StoredRelease> {
  const { store, model, release, channel, keys, attestation, now, signal } = options;
  const gate = (reason: string, cause?: unknown): WeightsError =>
    new WeightsError(
      "E_GATE",
      `${model}@${release}: not promoted to ${channel} at ${store.url}: ${reason}`,
      { cause },
    );
  try {
    const found = await readRelease(store, model, release, { keys, attestation, now, signal });
    if (found.pinned) return found;
  } catch (error) {
    if (codeOf(error) === "E_YANKED") throw gate((error as Error).message, error);
    if (codeOf(error) === "E_SIG" && options.requireSignature) {
      throw gate((error as Error).message, error);
    }
    throw error;
  }
  throw gate("it has no manifest, so nothing pins its bytes: publish it, or pin it with adopt");
}
