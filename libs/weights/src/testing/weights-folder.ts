import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Cache, openCache } from "@plimsoll/cache";

/** Folders of one test: a publisher's weights, stores, an app, and a cache. */
export interface Workplace extends AsyncDisposable {
  readonly dir: { readonly path: string; join(...segments: readonly string[]): string };
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
  const path = await mkdtemp(join(tmpdir(), "plimsoll-test-"));
  const dir = { path, join: (...segments: readonly string[]) => join(path, ...segments) };
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
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
