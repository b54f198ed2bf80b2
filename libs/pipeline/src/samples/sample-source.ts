import { opendir, readFile, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { collectBytes } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { PipelineError } from "../error.ts";

/** A file of a folder per class, wherever it lies. */
export interface FoundSample {
  /** Below the source: `<class>/<…>/<name>`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Throws `E_INPUT` for more than `maxBytes`. */
  readonly read: (maxBytes: number) => Promise<Uint8Array>;
}

const tooLarge = (path: string, size: number, maxBytes: number): PipelineError =>
  new PipelineError("E_INPUT", `${path}: has ${size} bytes, at most ${maxBytes}`);

/** The files of a local folder. Links and hidden files are left out. Throws `E_NOT_FOUND`. */
export async function* folderSamples(root: string): AsyncGenerator<FoundSample, void, void> {
  const found = await stat(root).catch(() => undefined);
  if (!found?.isDirectory()) throw new PipelineError("E_NOT_FOUND", `${root}: no such folder`);
  yield* walk(root, []);
}

async function* walk(
  root: string,
  below: readonly string[],
): AsyncGenerator<FoundSample, void, void> {
  const entries = [];
  for await (const entry of await opendir(join(root, ...below))) entries.push(entry);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const path = [...below, entry.name];
    if (entry.isDirectory()) yield* walk(root, path);
    if (!entry.isFile()) continue;
    const full = join(root, ...path);
    const { size } = await stat(full);
    yield {
      path: path.join("/").replaceAll(sep, "/"),
      size,
      read: async (maxBytes) => {
        if (size > maxBytes) throw tooLarge(full, size, maxBytes);
        return await readFile(full);
      },
    };
  }
}

/** The objects below a prefix of a store, `extracted_audio/` for one. */
export async function* storeSamples(
  store: Driver,
  prefix: string,
): AsyncGenerator<FoundSample, void, void> {
  const below = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  for await (const entry of store.list(below)) {
    if (entry.type !== "object") continue;
    const { key, size } = entry;
    yield {
      path: key.slice(below.length),
      size,
      read: async (maxBytes) => {
        if (size > maxBytes) throw tooLarge(key, size, maxBytes);
        const { body } = await store.read(key);
        return await collectBytes(body, { maxBytes, source: `${key} at ${store.url}` });
      },
    };
  }
}
