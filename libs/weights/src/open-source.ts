import { join, resolve } from "node:path";
import type { Connections } from "./connections.ts";
import { WeightsError } from "./error.ts";
import { codeOf } from "./problem.ts";
import type { SyncOptions } from "./sync-request.ts";
import { readLocal, readSource, type SyncSource, withExpected } from "./sync-source.ts";
import type { TrustMemory } from "./trust-memory.ts";

/**
 * The manifest to sync to. Offline, what lies in the network is stood in for by the manifest that the last sync left in
 * the app's folder.
 */
export async function openSource(
  options: SyncOptions,
  connections: Connections,
  warn: (message: string) => void,
  memory?: TrustMemory,
): Promise<SyncSource> {
  const { from, offline, model, release } = options;
  const isRemote = /^[a-z][a-z0-9+.-]+:\/\//i.test(from) && !/^file:/i.test(from);
  const source =
    isRemote && offline
      ? withExpected(await lastReceived(options, warn), model, release)
      : await readSource({ ...options, memory, onWarning: warn }, connections);
  for (const warning of source.warnings) warn(warning);
  return source;
}

async function lastReceived(
  options: SyncOptions,
  warn: (message: string) => void,
): Promise<SyncSource> {
  const { from, dir } = options;
  const path = join(resolve(dir ?? "weights"), "manifest.json");
  try {
    const source = await readLocal(path, options);
    warn(`offline: ${path} stands in for ${from.replace(/[?#].*$/, "")}`);
    return source;
  } catch (error) {
    if (codeOf(error) !== "E_NOT_FOUND") throw error;
    throw new WeightsError(
      "E_NETWORK",
      `${from.replace(/[?#].*$/, "")}: the network may not be used (offline), and ${path} is not there: sync once with network`,
      { cause: error },
    );
  }
}
