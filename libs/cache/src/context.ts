import type { LockTimes } from "./defaults.ts";
import type { Layout } from "./layout.ts";
import type { ProofLog } from "./proof-log.ts";
import type { UseLog } from "./use-log.ts";

/** What the verbs of one open cache share. */
export interface CacheContext {
  readonly layout: Layout;
  /** Proofs of the blobs. */
  readonly blobProofs: ProofLog;
  /** Proofs of the files in a folder of an app. */
  readonly folderProofs: (folder: string) => ProofLog;
  readonly uses: UseLog;
  readonly lockTimes: LockTimes;
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly log: (line: string) => void;
  readonly freeBytes: (folder: string) => Promise<number>;
  /** Makes the folders where they are missing. `E_DISK` where nothing can be written. */
  readonly prepare: () => Promise<void>;
  /** Like `prepare`, but false instead of an error. */
  readonly writable: () => Promise<boolean>;
  /** Folders of apps that were looked through for left files. */
  readonly sweptFolders: Set<string>;
}
