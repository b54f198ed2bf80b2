import { setTimeout as wait } from "node:timers/promises";
import type { CacheOptions } from "./cache.ts";
import type { CacheContext } from "./context.ts";
import { cacheDefaults } from "./defaults.ts";
import { shown } from "./disk-error.ts";
import { newToken } from "./holder.ts";
import type { Layout } from "./layout.ts";
import { ProofLog } from "./proof-log.ts";
import { UseLog } from "./use-log.ts";

/** What the verbs of one open cache share, with the defaults filled in. Touches nothing on disk. */
export function makeContext(
  layout: Layout,
  options: CacheOptions & { readonly log: (line: string) => void },
): CacheContext {
  const { now = Date.now, log } = options;
  const folders = new Map<string, ProofLog>();
  let swept = false;
  let preparing: Promise<void> | undefined;
  const prepare = (): Promise<void> => {
    preparing ??= prepareOnce().finally(() => {
      preparing = undefined;
    });
    return preparing;
  };
  const prepareOnce = async (): Promise<void> => {
    const { prepareCache } = await import("./prepare.ts");
    await prepareCache(layout);
    if (swept) return;
    swept = true;
    const { sweepCache } = await import("./leftovers.ts");
    await sweepCache(context).catch((error: unknown) => {
      log(`${shown(layout.root)}: could not remove leftovers: ${String(error)}`);
    });
  };
  const writable = async (): Promise<boolean> => {
    try {
      await prepare();
      return true;
    } catch {
      return false;
    }
  };
  const freeBytes = async (folder: string): Promise<number> =>
    (await import("./space.ts")).freeBytesOf(folder);
  const shared = { temporary: () => layout.temporary(newToken()), writable };
  const context: CacheContext = {
    layout,
    blobProofs: new ProofLog({ ...shared, path: layout.blobState, folder: layout.blobs }),
    folderProofs: (folder) => {
      let proofs = folders.get(folder);
      if (!proofs) {
        proofs = new ProofLog({ ...shared, path: layout.folderState(folder), folder });
        folders.set(folder, proofs);
      }
      return proofs;
    },
    uses: new UseLog({ ...shared, path: layout.uses, now }),
    lockTimes: { ...cacheDefaults.lockTimes, ...options.lockTimes },
    now,
    sleep: options.sleep ?? sleep,
    log,
    freeBytes: options.freeBytes ?? freeBytes,
    prepare,
    writable,
    sweptFolders: new Set(),
  };
  return context;
}

/** Ends early, with the signal's own reason, when it aborts. */
async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
