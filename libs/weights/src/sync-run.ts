import type { Cache } from "@plimsoll/cache";
import type { WantedFile } from "./bring-file.ts";
import type { Problem } from "./error.ts";
import type { ReceivedFile } from "./pin-received.ts";
import type { SyncedFile, SyncOptions } from "./sync-request.ts";
import type { SyncSource } from "./sync-source.ts";

/** One sync on its way. */
export interface SyncRun {
  readonly options: SyncOptions;
  readonly source: SyncSource;
  /** The app's folder, absolute. */
  readonly dir: string;
  readonly cache: Cache;
  readonly warn: (message: string) => void;
  /** Files that are through, by name. */
  readonly done: Map<string, SyncedFile>;
  /** What is in the folder now and its digest, where that was found out. */
  readonly received: ReceivedFile[];
  /** Required files that failed. */
  readonly failures: { readonly problem: Problem; readonly error: unknown }[];
  receivedBytes: number;
  localBytes: number;
}

/** A file is through. */
export function settle(run: SyncRun, file: SyncedFile): void {
  run.done.set(file.name, file);
  run.options.onEvent?.(file);
}

/** A file failed: kept for the end if it is required, else a warning. */
export function fail(
  run: SyncRun,
  { name, entry }: WantedFile,
  problem: Problem,
  error: unknown,
): void {
  const { code, message } = problem;
  settle(run, {
    type: "file",
    name,
    outcome: "failed",
    size: entry.size,
    error: { code, message },
  });
  if (entry.required) run.failures.push({ problem, error });
  else run.warn(`${code} ${message} (not required)`);
}
