import { stat } from "node:fs/promises";
import { AppendLog } from "./append-log.ts";
import type { CacheContext } from "./context.ts";
import { systemCode } from "./disk-error.ts";
import { unlinkQuietly } from "./durable.ts";
import { newToken } from "./holder.ts";
import { entry } from "./layout.ts";
import { namesIn } from "./leftovers.ts";
import { proofFolder } from "./proof-log.ts";

/** Removes recorded states of folders that are not there any more. */
export async function sweepFolderStates(context: CacheContext): Promise<void> {
  const { layout } = context;
  for (const name of await namesIn(layout.states)) {
    const path = entry(layout.states, name);
    if (path === layout.blobState || path === layout.uses) continue;
    const log = new AppendLog({
      path,
      temporary: () => layout.temporary(newToken()),
      writable: context.writable,
    });
    const folder = proofFolder(await log.read());
    if (folder === undefined || (await isGone(folder))) await unlinkQuietly(path);
  }
}

async function isGone(folder: string): Promise<boolean> {
  try {
    await stat(folder);
    return false;
  } catch (error) {
    return systemCode(error) === "ENOENT";
  }
}
