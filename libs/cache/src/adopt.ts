import { realpath, stat } from "node:fs/promises";
import { findBlob, recordBlob } from "./blob.ts";
import type { AdoptOptions } from "./cache.ts";
import { clone, type Refusals } from "./clone.ts";
import type { CacheContext } from "./context.ts";
import { diskError, shown } from "./disk-error.ts";
import { renameOver, syncFolder, unlinkQuietly } from "./durable.ts";
import { CacheError } from "./error.ts";
import { stateOf } from "./file-state.ts";
import { hashFile, openPlain } from "./hash-file.ts";
import { newToken } from "./holder.ts";
import { checkDigest } from "./layout.ts";
import { makeBlobFolder } from "./prepare.ts";

/**
 * Takes in a local file and gives the blob's path. What is hashed is what lands in the cache, not what was read before.
 * Throws `E_DIGEST` for other bytes, `E_PATH` for what is no file, `E_LIMIT` and `E_DISK`.
 */
export async function adopt(
  context: CacheContext,
  refusals: Refusals,
  file: string,
  sha256: string,
  options: AdoptOptions = {},
): Promise<string> {
  checkDigest(sha256);
  const { layout } = context;
  const { signal, link = false } = options;
  const temporary = layout.temporary(newToken());
  try {
    const here = await findBlob(context, sha256, signal ? { signal } : {});
    if (here !== undefined) return here;
    await context.prepare();
    await makeBlobFolder(layout, sha256);
    // A user's file may well be a symbolic link; the blob must not become one.
    const source = await realpath(file);
    const stats = await stat(source, { bigint: true });
    if (!stats.isFile()) {
      throw new CacheError("E_PATH", `${shown(file)}: is no file: only files can be cached`);
    }
    const way = await clone(
      {
        from: source,
        state: stateOf(stats),
        sha256,
        to: temporary,
        ways: link ? ["hardlink", "reflink", "copy"] : ["reflink", "copy"],
        freeBytes: context.freeBytes,
        ...(signal && { signal }),
      },
      refusals,
    );
    if (way === undefined) throw await otherBytes(file, sha256);
    // A copy was hashed while it was written; what shares the source's blocks is hashed where it landed.
    if (way !== "copy") {
      const landed = await hashFile(temporary, signal ? { signal } : {});
      if (landed?.sha256 !== sha256) throw await otherBytes(file, sha256);
    }
    await flush(temporary);
    const path = layout.blob(sha256);
    await renameOver(temporary, path);
    await syncFolder(layout.blobFolder(sha256.slice(0, 2)));
    await recordBlob(context, sha256);
    await context.uses.note("use", sha256);
    return path;
  } catch (error) {
    throw diskError(error, file, "take the file into the cache");
  } finally {
    await unlinkQuietly(temporary).catch(() => undefined);
  }
}

async function otherBytes(file: string, sha256: string): Promise<CacheError> {
  const found = await hashFile(file).catch(() => undefined);
  const got =
    found && found.sha256 !== sha256 ? `got ${found.sha256}` : "it changed while it was read";
  return new CacheError(
    "E_DIGEST",
    `${shown(file)}: ${sha256} expected, ${got}: it was not taken into the cache`,
  );
}

async function flush(path: string): Promise<void> {
  const file = await openPlain(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
