import { collectBytes, type Facts, type RandomAccess, readFacts } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import type { StoredRelease } from "./read-release.ts";

/** Headers are small and lie together: one request brings what many reads want. */
const BLOCK_BYTES = 256 * 1024;
/** Blocks that are kept: a reader goes forward, and back to the head. */
const MAX_BLOCKS = 16;

/** Formats whose header says more than their name. */
const telling: ReadonlySet<string> = new Set([
  "onnx",
  "safetensors",
  "gguf",
  "pytorch-zip",
  "pytorch-legacy",
  "npy",
  "npz",
  "keras",
]);

export interface StoredFactsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each file that could not be looked into. */
  readonly onProblem?: ((name: string, error: unknown) => void) | undefined;
}

/**
 * What the files of a version say about themselves, by name: read from the store by ranges, headers only. Files that are
 * split or compressed, and those whose format says nothing more, are left out.
 */
export async function storedFacts(
  driver: Driver,
  release: StoredRelease,
  { signal, onProblem }: StoredFactsOptions = {},
): Promise<ReadonlyMap<string, Facts>> {
  const facts = new Map<string, Facts>();
  const folder = release.pinned
    ? release.key.slice(0, release.key.lastIndexOf("/") + 1)
    : release.key;
  for (const [name, entry] of release.manifest.manifest.weights) {
    const { size, format, parts, encoding } = entry;
    if (size === undefined || parts !== undefined || encoding !== undefined) continue;
    if (format !== undefined && !telling.has(format)) continue;
    try {
      const file = storedBytes(driver, folder + name, size, signal);
      facts.set(name, await readFacts(file, { name }));
    } catch (error) {
      signal?.throwIfAborted();
      onProblem?.(name, error);
    }
  }
  return facts;
}

/** An object of a store at any offset, block by block. */
function storedBytes(
  driver: Driver,
  key: string,
  size: number,
  signal: AbortSignal | undefined,
): RandomAccess {
  const blocks = new Map<number, Uint8Array>();
  const block = async (index: number): Promise<Uint8Array> => {
    const known = blocks.get(index);
    if (known !== undefined) return known;
    const start = index * BLOCK_BYTES;
    const end = Math.min(size, start + BLOCK_BYTES);
    const { body } = await driver.read(key, { start, end, ...(signal && { signal }) });
    const bytes = await collectBytes(body, { maxBytes: end - start, source: key });
    const oldest = blocks.size >= MAX_BLOCKS ? blocks.keys().next().value : undefined;
    if (oldest !== undefined) blocks.delete(oldest);
    blocks.set(index, bytes);
    return bytes;
  };
  return {
    size,
    async read(offset, length) {
      const joined = new Uint8Array(length);
      for (let at = offset; at < offset + length;) {
        const index = Math.floor(at / BLOCK_BYTES);
        const from = at - index * BLOCK_BYTES;
        const bytes = (await block(index)).subarray(from, from + offset + length - at);
        if (bytes.length === 0) break;
        joined.set(bytes, at - offset);
        at += bytes.length;
      }
      return joined;
    },
  };
}
