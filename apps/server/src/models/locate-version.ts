import type { Cache } from "@plimsoll/cache";
import type { ModelFiles } from "@plimsoll/inference";
import { WeightsError } from "@plimsoll/weights";
import { codeOf } from "./code-of.ts";
import { findLocal, versionInFolder } from "./local-version.ts";
import type { ModelSource } from "./model-source.ts";
import { keepFiles, type Resolved } from "./resolved.ts";
import { keptVersion, type StoredContext, type WantedVersion } from "./stored-version.ts";

/** Folders of this machine that are looked into before any store. */
export interface LocalFolders {
  /** `<dir>/<model>/…` or `<dir>/<model>.onnx`. */
  readonly shared: readonly string[];
  /** The model's own folder, or its `.onnx` file. */
  readonly own?: string | undefined;
  /** Waited for before they are looked into. */
  readonly ready?: () => Promise<void>;
}

export interface VersionFinder {
  /** A version that lies in a local folder; without `version` the newest there. */
  local(version?: string): Promise<Resolved | undefined>;
  /**
   * A version by its name: from a local folder, the cache or the store, each in one logged line. Where the store is out of
   * reach, what this disk has kept of it.
   */
  find(wanted: Omit<WantedVersion, "model">): Promise<Resolved & { readonly stale?: string }>;
}

/** Whether a failure says that the host is out of reach, not that the request was wrong. */
export const isUnreachable = (error: unknown): boolean =>
  ["E_NETWORK", "E_TIMEOUT"].includes(codeOf(error) ?? "");

export function versionFinder(options: {
  readonly model: string;
  readonly folders: LocalFolders;
  readonly source: ModelSource | undefined;
  readonly context: StoredContext;
}): VersionFinder {
  const { model, folders, source, context } = options;
  const { cache, log } = context;

  const local = async (version?: string): Promise<Resolved | undefined> => {
    const found = await inFolders(version);
    if (found === undefined) return undefined;
    log(`${model}@${found.version}: local, ${found.files[0]?.path ?? ""}`);
    return await keep(cache, found, "local");
  };

  const inFolders = async (version?: string): Promise<ModelFiles | undefined> => {
    await folders.ready?.();
    if (folders.own !== undefined) {
      const own = await versionInFolder(folders.own, model, version);
      if (own !== undefined) return own;
    }
    for (const dir of folders.shared) {
      const found = await findLocal(dir, model, version);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  return {
    local,
    async find(wanted) {
      const { version } = wanted;
      if (wanted.force !== true) {
        const found = await local(version);
        if (found !== undefined) return found;
      }
      if (source === undefined) {
        throw new WeightsError(
          "E_NOT_FOUND",
          `${model}@${version}: in no local folder, and no store is configured: set MODEL_STORE`,
        );
      }
      try {
        const { files, receivedBytes, durationMs } = await source.bring({ ...wanted, model });
        const foundIn = receivedBytes > 0 ? "store" : "cache";
        return await keepFiles(cache, files, {
          foundIn,
          received: { bytes: receivedBytes, durationMs },
        });
      } catch (error) {
        wanted.signal?.throwIfAborted();
        if (!isUnreachable(error)) throw error;
        const kept = await keptVersion({ ...wanted, model }, context);
        if (kept === undefined) throw error;
        const stale = (error as Error).message;
        log(`${model}@${version}: cached, and taken as it is: ${stale}`);
        return { ...(await keep(cache, kept, "cache")), stale };
      }
    },
  };
}

async function keep(
  cache: Cache,
  files: ModelFiles,
  foundIn: Resolved["foundIn"],
): Promise<Resolved> {
  return await keepFiles(cache, files, { foundIn, received: { bytes: 0, durationMs: 0 } });
}
