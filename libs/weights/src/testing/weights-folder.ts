import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Cache } from "@plimsoll/cache";
import { openCache } from "@plimsoll/cache";
import { tempDir, type TempDir } from "@plimsoll/testing";

/** Folders of one test: a publisher's weights, stores, an app, and a cache. */
export interface Workplace extends AsyncDisposable {
  readonly dir: TempDir;
  /** Where the publisher's files lie. */
  readonly weights: string;
  /** URL of a folder store. */
  readonly store: string;
  readonly app: string;
  readonly cache: Cache;
  /** A cache of somebody else. */
  newCache(): Promise<Cache>;
  /** URL of a further folder store. */
  newStore(name: string): string;
  /** Writes files below the publisher's folder, or the given one. */
  fill(files: Readonly<Record<string, string | Uint8Array>>, folder?: string): Promise<void>;
}

export async function workplace(): Promise<Workplace> {
  const dir = await tempDir();
  const weights = dir.join("train/weights");
  await mkdir(weights, { recursive: true });
  let caches = 0;
  const newCache = async (): Promise<Cache> =>
    await openCache({ dir: dir.join(`cache-${caches++}`), env: {} });
  return {
    dir,
    weights,
    store: pathToFileURL(dir.join("store")).href,
    app: dir.join("app"),
    cache: await newCache(),
    newCache,
    newStore: (name) => pathToFileURL(dir.join(name)).href,
    async fill(files, folder = weights) {
      for (const [name, content] of Object.entries(files)) {
        const path = `${folder}/${name}`;
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
    },
    [Symbol.asyncDispose]: dir[Symbol.asyncDispose],
  };
}
