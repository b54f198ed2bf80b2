import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import type { ChunkMap } from "./chunk-map.ts";
import type { FetchChunk, LocalFile } from "./fetch-request.ts";
import type { Landing } from "./landing.ts";

/** Chunks that are read, digested and written at the same time. */
const chunksAtOnce = 4;
/** A longer chunk is fetched: it would have to lie in memory. */
const mostBytes = 33_554_432;

/** Reading a whole file to cut it pays when so many bytes, and this share of the wanted file, are missing. */
const muchBytes = 4_194_304;
const muchShare = 0.25;

/** Where in a local file a chunk is said to be, and where it is wanted. */
interface Find {
  readonly at: number;
  readonly chunk: FetchChunk;
  readonly wanted: readonly number[];
}

/**
 * Takes the chunks that are missing from local files: by their own chunk lists, else from the same offsets. What a list
 * claims is digested before it is written, and a file that cannot be read is left out. Gives the bytes that were found.
 */
export async function takeLocalChunks(job: {
  readonly landing: Pick<Landing, "lane" | "done" | "proved" | "arrived">;
  readonly map: ChunkMap;
  readonly local: readonly LocalFile[];
  readonly signal: AbortSignal;
  /** Told when more was found. */
  readonly onFound: () => void;
}): Promise<number> {
  const { landing, map, signal } = job;
  let found = 0;
  for (const file of job.local) {
    signal.throwIfAborted();
    const missing = map.chunks.filter(
      ({ offset, length }) =>
        length <= mostBytes && landing.done.gaps(offset, offset + length).length > 0,
    );
    if (missing.length === 0) break;
    const chunks = await chunksOf(file, missing, map.size);
    if (chunks === "none") continue;
    const handle = await openLocal(file.path);
    if (handle === undefined) continue;
    try {
      const { size } = await handle.stat();
      const finds = list(chunks, missing, size);
      await Promise.all(
        Array.from({ length: Math.min(chunksAtOnce, finds.length) }, async () => {
          const writer = landing.lane();
          for (let find = finds.shift(); find !== undefined; find = finds.shift()) {
            signal.throwIfAborted();
            const bytes = await readChunk(handle, find).catch(() => undefined);
            if (bytes === undefined) continue;
            for (const start of find.wanted) {
              landing.arrived(bytes.length);
              landing.proved(start, start + bytes.length);
              await writer.put(bytes, start);
              found += bytes.length;
            }
            await writer.flush();
            job.onFound();
          }
        }),
      );
    } finally {
      await handle.close();
    }
  }
  return found;
}

/** A file's own chunks; "none" where finding them out is not worth it or did not work. */
async function chunksOf(
  { chunks }: LocalFile,
  missing: readonly FetchChunk[],
  size: number,
): Promise<readonly FetchChunk[] | undefined | "none"> {
  if (typeof chunks !== "function") return chunks;
  const bytes = missing.reduce((sum, { length }) => sum + length, 0);
  if (bytes < muchBytes || bytes < size * muchShare) return "none";
  return (await chunks().catch(() => undefined)) ?? "none";
}

/** What to look for in a file, in the order in which it lies there. */
function list(
  chunks: readonly FetchChunk[] | undefined,
  missing: readonly FetchChunk[],
  size: number,
): Find[] {
  if (chunks === undefined) {
    return missing
      .filter(({ offset, length }) => offset + length <= size)
      .map((chunk) => ({ at: chunk.offset, chunk, wanted: [chunk.offset] }));
  }
  const wanted = new Map<string, number[]>();
  for (const { offset, length, sha256 } of missing) {
    const key = `${sha256} ${length}`;
    wanted.set(key, [...(wanted.get(key) ?? []), offset]);
  }
  const finds: Find[] = [];
  for (const chunk of chunks) {
    const key = `${chunk.sha256} ${chunk.length}`;
    const offsets = wanted.get(key);
    if (offsets === undefined || chunk.offset + chunk.length > size) continue;
    wanted.delete(key);
    finds.push({ at: chunk.offset, chunk, wanted: offsets });
  }
  return finds;
}

async function readChunk(handle: FileHandle, { at, chunk }: Find): Promise<Uint8Array | undefined> {
  const bytes = Buffer.allocUnsafe(chunk.length);
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, at + filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return createHash("sha256").update(bytes).digest("hex") === chunk.sha256 ? bytes : undefined;
}

async function openLocal(path: string): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined);
  if (handle === undefined) return undefined;
  const isPlain = await handle.stat().then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (isPlain) return handle;
  await handle.close();
  return undefined;
}
