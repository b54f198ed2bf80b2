import { basename, dirname, resolve } from "node:path";
import type { CheckOptions } from "./cache.ts";
import type { CacheContext } from "./context.ts";
import { diskError, shown, systemCode } from "./disk-error.ts";
import { CacheError } from "./error.ts";
import { isRacy, look, stateOf } from "./file-state.ts";
import { hashFile } from "./hash-file.ts";
import { checkDigest } from "./layout.ts";

/** The digest that was proven for a file of an app that is unchanged since; no byte is read. */
export async function proven(context: CacheContext, path: string): Promise<string | undefined> {
  const file = resolve(path);
  try {
    const stats = await look(file);
    if (!stats?.isFile()) return undefined;
    return await context.folderProofs(dirname(file)).digest(basename(file), stateOf(stats));
  } catch (error) {
    throw diskError(error, file, "look at the file", "folder");
  }
}

/** Records that a file of an app was just proven; `provenFrom` is when reading began. */
export async function prove(
  context: CacheContext,
  path: string,
  sha256: string,
  provenFrom: number,
): Promise<void> {
  const file = resolve(path);
  try {
    checkDigest(sha256);
    const stats = await look(file);
    if (!stats?.isFile()) {
      throw new CacheError("E_PATH", `${shown(file)}: is no plain file: it cannot be proven`);
    }
    if (isRacy(stats.mtimeNs, provenFrom)) return;
    await context.folderProofs(dirname(file)).add(basename(file), sha256, stateOf(stats));
  } catch (error) {
    throw diskError(error, file, "look at the file", "folder");
  }
}

/** True when a plain file holds these bytes: as recorded, else hashed and then recorded. */
export async function checkFile(
  context: CacheContext,
  path: string,
  sha256: string,
  options: CheckOptions = {},
): Promise<boolean> {
  const { full = false, signal, onProgress } = options;
  const file = resolve(path);
  try {
    checkDigest(sha256);
    if (!full && (await proven(context, file)) === sha256) return true;
    if (!(await look(file))?.isFile()) return false;
    const startedAt = context.now();
    let bytes = 0;
    const hashed = await hashFile(file, {
      ...(signal && { signal }),
      onBlock: (block) => {
        bytes += block;
        onProgress?.(bytes);
      },
    });
    if (hashed?.sha256 !== sha256) return false;
    if (!isRacy(hashed.stats.mtimeNs, startedAt)) {
      const state = stateOf(hashed.stats);
      await context.folderProofs(dirname(file)).add(basename(file), sha256, state);
    }
    return true;
  } catch (error) {
    if (["ENOENT", "ELOOP"].includes(systemCode(error) ?? "")) return false;
    throw diskError(error, file, "read the file", "folder");
  }
}
