import { readFile } from "node:fs/promises";
import type { SyncFile, SyncStatus } from "@plimsoll/api";
import type { Cache } from "@plimsoll/cache";
import { parseManifest } from "@plimsoll/manifest";
import { syncWeights, type SyncEvent, type SyncOptions } from "@plimsoll/weights";
import { codeOf } from "./code-of.ts";

/** The sync of a configured manifest, in the background of the start. */
export interface ManifestSync {
  status(): SyncStatus;
  /** When it is over, well or not. */
  done(): Promise<void>;
  isOver(): boolean;
}

type Progress = {
  -readonly [Key in keyof SyncFile]: SyncFile[Key];
} & { startedAt: number | undefined };

/** Nothing to sync. */
export const noSync: ManifestSync = {
  status: () => ({ state: "idle", files: [] }),
  done: () => Promise.resolve(),
  isOver: () => true,
};

/** Starts to make the manifest's folder equal to it. Never throws: how it went is in the status. */
export function startSync(
  options: Omit<SyncOptions, "onEvent" | "now"> & {
    readonly cache: Cache;
    readonly log: (line: string) => void;
    readonly now: () => number;
    readonly onOver: (status: SyncStatus) => void;
  },
): ManifestSync {
  const { log, now, onOver, ...request } = options;
  const files = new Map<string, Progress>();
  let state: SyncStatus["state"] = "syncing";
  let error: SyncStatus["error"];

  const fileOf = (name: string): Progress => {
    const known = files.get(name);
    if (known !== undefined) return known;
    const file: Progress = {
      name,
      size: 0,
      received: 0,
      bytesPerSecond: 0,
      state: "waiting",
      startedAt: undefined,
    };
    files.set(name, file);
    return file;
  };
  const note = (event: SyncEvent): void => {
    if (event.type === "warning") log(`weights: ${event.message}`);
    if (event.type === "progress") {
      const file = fileOf(event.name);
      file.state = "fetching";
      file.received = event.bytes;
      file.size = event.size ?? file.size;
      file.startedAt ??= now();
      const seconds = (now() - file.startedAt) / 1000;
      file.bytesPerSecond = seconds > 0 ? Math.round(event.bytes / seconds) : 0;
    }
    if (event.type === "file") {
      const file = fileOf(event.name);
      file.size = event.size ?? file.size;
      file.state = event.outcome === "failed" ? "failed" : "verified";
      if (event.outcome !== "failed" && event.outcome !== "skipped") file.received = file.size;
      if (event.error) file.error = event.error;
    }
  };
  const status = (): SyncStatus => ({
    state,
    files: [...files.values()].map(({ startedAt: _, ...file }) => file),
    ...(error && { error }),
  });
  /** All that is to come is shown from the start: else the whole would grow while it is counted. */
  const expectFiles = async (): Promise<void> => {
    try {
      const { manifest } = parseManifest(await readFile(options.from), { source: options.from });
      for (const [name, entry] of manifest.weights) {
        const file = fileOf(name);
        file.size = entry.size ?? Math.round((entry.size_mb ?? 0) * 1024 * 1024);
        if (manifest.model !== undefined) file.model = manifest.model;
      }
    } catch {
      // Of a manifest that cannot be read the sync itself tells.
    }
  };
  const run = async (): Promise<void> => {
    try {
      await expectFiles();
      await syncWeights({ ...request, onEvent: note });
      state = "done";
    } catch (problem) {
      state = "failed";
      error = { code: codeOf(problem) ?? "E_BUG", message: (problem as Error).message };
      log(`weights: not synced: ${error.message}`);
    }
    onOver(status());
  };
  const task = run();
  return { status, done: () => task, isOver: () => state !== "syncing" };
}
