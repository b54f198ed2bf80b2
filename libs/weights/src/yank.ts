import type { Driver } from "@plimsoll/storage";
import { changePointer } from "./change-pointer.ts";
import { WeightsError } from "./error.ts";
import { listChannels } from "./list-channels.ts";
import { codeOf, problemOf } from "./problem.ts";
import { checkNames } from "./promote.ts";
import { readRelease } from "./read-release.ts";
import { storeKeys } from "./store-keys.ts";
import type { SigningOptions, TrustOptions } from "./trust.ts";
import { readYanked, type Yanked } from "./yanked.ts";

export interface YankOptions extends Omit<TrustOptions, "allowYanked">, SigningOptions {
  readonly store: Driver;
  readonly model: string;
  readonly release: string;
  /** For everyone who is refused; one line. */
  readonly reason: string;
  readonly issuedBy?: string | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

export interface YankResult {
  readonly note: Yanked;
  /** False where it was withdrawn before: the first reason stands. */
  readonly isNew: boolean;
  /** Channels that list it as revoked now. */
  readonly revokedBy: readonly string[];
  /** Channels that still name it: roll them back. */
  readonly namedBy: readonly string[];
}

/** A channel remembers so many withdrawn versions. */
const MAX_REVOKED = 100;

/**
 * Withdraws a version: readers refuse it with `E_YANKED` and the reason, and no channel can be moved to it. Its bytes stay,
 * for manifests that pin them. First the note `models/<model>/yanked/<version>.json`, which readers without a channel
 * see; then every channel of the model lists it as revoked, which is signed where channels are.
 *
 * Throws `E_NOT_FOUND` for a version that is not there, `E_USAGE` without a reason, and what the store throws.
 */
export async function yankRelease(options: YankOptions): Promise<YankResult> {
  const { store, model, release, signal } = options;
  checkNames(options);
  const reason = options.reason.trim().slice(0, 500);
  if (reason === "") throw new WeightsError("E_USAGE", `yank ${model}@${release}: give a reason`);
  // Existence only: what is to be withdrawn need not be signed well.
  await readRelease(store, model, release, { signal, allowYanked: true });
  const { note, isNew } = await writeNote({ ...options, reason });
  const revokedBy: string[] = [];
  const namedBy: string[] = [];
  for (const { channel, version } of await listChannels(store, model, { signal })) {
    if (version === release) namedBy.push(channel);
    if (await revoke(channel, options)) revokedBy.push(channel);
  }
  return { note, isNew, revokedBy, namedBy };
}

async function writeNote(
  options: YankOptions,
): Promise<{ readonly note: Yanked; readonly isNew: boolean }> {
  const { store, model, release, reason, issuedBy, now, signal } = options;
  const { bytesSource } = await import("@plimsoll/storage");
  const note: Yanked = {
    schema: 1,
    model,
    version: release,
    reason,
    yanked_at: (now?.() ?? new Date()).toISOString(),
    ...(issuedBy !== undefined && { yanked_by: issuedBy }),
  };
  const key = storeKeys.yanked(model, release);
  const bytes = Buffer.from(`${JSON.stringify(note, undefined, 2)}\n`);
  try {
    await store.write(key, bytesSource(bytes, key), {
      ...(signal && { signal }),
      onlyIfAbsent: true,
      contentType: "application/json",
      cacheControl: "no-cache",
    });
    return { note, isNew: true };
  } catch (error) {
    if (codeOf(error) !== "E_EXISTS") throw error;
    return { note: (await readYanked(store, model, release, { signal })) ?? note, isNew: false };
  }
}

/** Whether the channel lists the version as revoked now; one that cannot be changed is a warning: the note stands. */
async function revoke(channel: string, options: YankOptions): Promise<boolean> {
  const { store, model, release, keys, signingKeys, now, signal, issuedBy, onWarning } = options;
  try {
    await changePointer(
      store,
      { model, channel },
      async (current) => {
        if (current === undefined || current.pointer.revoked.includes(release)) return undefined;
        const { version, manifest, expires, revoked } = current.pointer;
        return {
          model,
          channel,
          version,
          manifest,
          issuedAt: now?.() ?? new Date(),
          issuedBy,
          expires: expires === undefined ? undefined : new Date(expires),
          revoked: [release, ...revoked].slice(0, MAX_REVOKED),
        };
      },
      { keys, signingKeys, now, signal },
    );
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message } = problemOf(channel, error);
    onWarning?.(`channel ${channel} does not list it as revoked: ${code} ${message}`);
    return false;
  }
}
