import { constants, copyFile, readdir } from "node:fs/promises";
import { systemCode } from "./disk-error.ts";
import { renameOver, unlinkQuietly } from "./durable.ts";
import { look } from "./file-state.ts";
import { isOfThisMachine } from "./holder.ts";
import type { Layout } from "./layout.ts";
import type { Lock } from "./lock.ts";

interface Partial {
  readonly sha256: string;
  readonly token: string;
  /** Unproven bytes on disk: what is allocated, since a file may be made long before it is filled. */
  readonly bytes: number;
  /** Newest change, milliseconds. */
  readonly changedAt: number;
  /** Plain files of one name, as a download makes them. */
  readonly isPlain: boolean;
  /** `""` is the file of bytes itself, `.journal` its journal. */
  readonly rests: readonly string[];
}

/** Partial files that lie in the cache, each with what belongs to it. Anything but plain files of one name is left out. */
export async function listPartials(layout: Layout, sha256?: string): Promise<Partial[]> {
  const names = await readdir(layout.partials).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  });
  const found = new Map<string, Partial>();
  for (const name of names) {
    const part = layout.partialOf(name);
    if (!part || (sha256 !== undefined && part.sha256 !== sha256)) continue;
    const path = layout.partial(part.sha256, part.token);
    const stats = await look(`${path}${part.rest}`);
    // A folder is nothing that a download leaves; it stays and is not looked into.
    if (!stats || stats.isDirectory()) continue;
    // A planted link or pipe must never be written to (row D9).
    const plain = stats.isFile() && stats.nlink === 1n;
    const known = found.get(path);
    const bytes = plain && part.rest === "" ? Math.min(Number(stats.size), allocated(stats)) : 0;
    found.set(path, {
      sha256: part.sha256,
      token: part.token,
      bytes: (known?.bytes ?? 0) + bytes,
      isPlain: plain && known?.isPlain !== false,
      changedAt: Math.max(known?.changedAt ?? 0, Number(stats.mtimeMs)),
      rests: [...(known?.rests ?? []), part.rest],
    });
  }
  return [...found.values()];
}

/** Windows counts no blocks. */
function allocated(stats: { readonly blocks: bigint; readonly size: bigint }): number {
  return process.platform === "win32" ? Number(stats.size) : Number(stats.blocks) * 512;
}

/**
 * Gives the holder of the lock the bytes of earlier attempts under a name of its own, and removes all others. Files of
 * a holder that may still be running are copied, not renamed: it must not write into what is proven here later. That is
 * whose lock was taken over, and whoever wrote on another machine within `quietMs`: on a network file system both may
 * have been given the lock, and the other one's files are left to it. Gives the path, which may not exist, and the bytes
 * on disk.
 */
export async function inheritPartial(
  layout: Layout,
  sha256: string,
  lock: Lock,
  quietMs: number,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const path = layout.partial(sha256, lock.token);
  const found = await listPartials(layout, sha256);
  // The lock was written just now by the clock that the partial files have their times from.
  const now = Number((await look(layout.lock(sha256)))?.mtimeMs ?? Date.now());
  const isOfAnother = ({ token, changedAt, isPlain }: Partial): boolean =>
    isPlain && token !== lock.stolenFrom && !isOfThisMachine(token) && now - changedAt < quietMs;
  const best = found.reduce<Partial | undefined>(
    (most, one) => (one.bytes > (most?.bytes ?? 0) ? one : most),
    undefined,
  );
  if (best) {
    const from = layout.partial(sha256, best.token);
    const bring = best.token === lock.stolenFrom || isOfAnother(best) ? copyNew : renameOver;
    // The journal first: it must never say more than the bytes hold.
    for (const rest of best.rests.toSorted().reverse()) {
      if (await isPlainFile(`${from}${rest}`)) await bring(`${from}${rest}`, `${path}${rest}`);
    }
  }
  for (const one of found) if (!isOfAnother(one)) await removePartial(layout, one);
  return { path, bytes: best?.bytes ?? 0 };
}

export async function removePartial(
  layout: Layout,
  { sha256, token, rests }: Pick<Partial, "sha256" | "token" | "rests">,
): Promise<void> {
  for (const rest of rests) await unlinkQuietly(`${layout.partial(sha256, token)}${rest}`);
}

async function isPlainFile(path: string): Promise<boolean> {
  const stats = await look(path);
  return stats !== undefined && stats.isFile() && stats.nlink === 1n;
}

async function copyNew(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}
