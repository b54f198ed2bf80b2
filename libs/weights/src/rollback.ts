import { WeightsError } from "./error.ts";
import type { Pointer } from "./pointer.ts";
import { codeOf } from "./problem.ts";
import { type ChannelMove, type ChannelMoveOptions, checkNames, moveTo } from "./promote.ts";
import { readPointer } from "./read-pointer.ts";
import { readRelease, type StoredRelease } from "./read-release.ts";

export interface RollbackOptions extends ChannelMoveOptions {
  /** An older version of the channel's history; default the one that it named before. */
  readonly release?: string | undefined;
}

/**
 * Points a channel back to the version that it named before, as a move of its own: one sequence higher, so that readers
 * follow it. Versions that were withdrawn or removed since are passed over.
 *
 * Throws `E_NOT_FOUND` where there is nothing to go back to, `E_CONFLICT` if somebody moves the channel meanwhile,
 * `E_SIG`, and what the store throws.
 */
export async function rollbackChannel(options: RollbackOptions): Promise<ChannelMove> {
  const { store, model, channel, keys, now, signal } = options;
  checkNames(options);
  const current = (await readPointer(store, model, channel, { keys, now, signal }))?.pointer;
  if (current === undefined) {
    throw new WeightsError("E_NOT_FOUND", `${model}: no channel ${channel} at ${store.url}`);
  }
  const found = await findTarget(current, options);
  return await moveTo(found, options, async (standing) => {
    if (standing?.sequence === current.sequence) return;
    throw new WeightsError(
      "E_CONFLICT",
      `${channel} of ${model}: ${standing?.issued_by ?? "somebody"} moved it to ${standing?.version ?? "nothing"} meanwhile at ${store.url}: look at plimsoll history ${model}, then roll back again`,
    );
  });
}

async function findTarget(current: Pointer, options: RollbackOptions): Promise<StoredRelease> {
  const { store, model, channel, release, keys, attestation, now, signal, onWarning } = options;
  const before = current.history.map(({ version }) => version);
  const candidates = [...new Set(before)].filter((version) => version !== current.version);
  for (const version of release === undefined ? candidates : [release]) {
    if (release !== undefined && !before.includes(release)) {
      throw new WeightsError(
        "E_NOT_FOUND",
        `${channel} of ${model}: it never named ${release}: plimsoll promote ${model}@${release} --channel ${channel} puts it there`,
      );
    }
    if (current.revoked.includes(version)) continue;
    try {
      const found = await readRelease(store, model, version, { keys, attestation, now, signal });
      if (found.pinned) return found;
    } catch (error) {
      if (release !== undefined || !["E_YANKED", "E_NOT_FOUND"].includes(codeOf(error) ?? "")) {
        throw error;
      }
      onWarning?.(`passed over: ${(error as Error).message}`);
    }
  }
  throw new WeightsError(
    "E_NOT_FOUND",
    `${channel} of ${model}: nothing to go back to: it names ${current.version} and named ${candidates.join(", ") || "nothing else"} before`,
  );
}
