import { tensorBoundaries } from "../chunks/chunk-boundaries.ts";
import type { Chunk } from "../chunks/chunk-index.ts";
import { GearCutter } from "../chunks/gear.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { digestInline } from "./digest-inline.ts";
import type { DigestLane, DigestRunOptions } from "./digest-lane.ts";
import type { DigestThreads } from "./digest-threads.ts";

export interface DigestFileOptions extends DigestRunOptions {
  /** SHA-256 of the whole, where it is known already: then it is not taken again. */
  readonly sha256?: string | Promise<string> | undefined;
  /** Also digest chunks of this length on average, a power of two. */
  readonly averageChunkBytes?: number | undefined;
  /** Also take the MD5 of every run of so many bytes: what hosts compare the parts of an upload with. */
  readonly md5PartBytes?: number | undefined;
  /** Told of the MD5s of parts, in their order, as they are ready. */
  readonly onMd5Parts?: ((md5s: readonly string[]) => void) | undefined;
  /** Digest files that are large enough for it on threads of their own; without them on this one. */
  readonly threads?: DigestThreads | undefined;
}

/** What one reading of a file gave. */
export interface FileDigests {
  /** Of the whole, hex. */
  readonly sha256: string;
  /** Bytes that were read. */
  readonly size: number;
  /** End to end from offset 0, where they were asked for. */
  readonly chunks: readonly Chunk[] | undefined;
  /** MD5 of the parts in their order, hex, where they were asked for. */
  readonly md5Parts: readonly string[] | undefined;
}

/** Below this a thread's start costs more than it saves. */
const threadedBytes = 1 << 25;

/** Reads a file once, for its digest, those of its chunks and those of its parts. */
export async function digestFile(
  file: RandomAccess,
  options: DigestFileOptions,
): Promise<FileDigests> {
  const { averageChunkBytes, md5PartBytes, onMd5Parts, threads, signal, onProgress } = options;
  const chunks = averageChunkBytes ? await chunkLane(file, averageChunkBytes) : undefined;
  const parts = md5PartBytes ? fixedLane("md5", md5PartBytes, onMd5Parts) : undefined;
  const whole = options.sha256 === undefined ? fixedLane("sha256") : undefined;
  const lanes = [whole, chunks, parts].filter((lane) => lane !== undefined);
  let size = 0;
  const watch = (bytes: number): void => {
    size = bytes;
    onProgress?.(bytes);
  };
  const run = { signal, onProgress: watch };
  const digests =
    threads && file.size >= threadedBytes
      ? await threads.run(file, lanes, run)
      : await digestInline(file, lanes, run);
  const of = (lane: DigestLane | undefined): readonly string[] | undefined =>
    lane && size > 0 ? digests[lanes.indexOf(lane)] : lane && [];
  return {
    sha256: (await options.sha256) ?? digests[0]?.[0] ?? "",
    size,
    chunks: chunks && describe(of(chunks) ?? [], chunks.ends, size),
    md5Parts: of(parts),
  };
}

/** Runs of one length, or the whole. */
function fixedLane(
  algorithm: DigestLane["algorithm"],
  runBytes = Infinity,
  onDigests?: DigestLane["onDigests"],
): DigestLane {
  return {
    algorithm,
    onDigests,
    cuts(block, offset) {
      const cuts: number[] = [];
      let end = runBytes - (offset % runBytes);
      for (; end <= block.length; end += runBytes) cuts.push(end);
      return cuts;
    },
  };
}

interface ChunkLane extends DigestLane {
  /** Offsets in the file at which chunks ended so far. */
  readonly ends: readonly number[];
}

/** Where the tensors begin if the format tells, else by content. */
async function chunkLane(file: RandomAccess, averageBytes: number): Promise<ChunkLane> {
  const boundaries = await tensorBoundaries(file, averageBytes);
  const gear = new GearCutter({ averageBytes });
  const ends: number[] = [];
  return {
    algorithm: "sha256",
    ends,
    cuts(block, offset) {
      if (boundaries === undefined) {
        const cuts = gear.cuts(block);
        ends.push(...cuts.map((cut) => offset + cut));
        return cuts;
      }
      const cuts: number[] = [];
      for (;;) {
        const end = boundaries[ends.length];
        if (end === undefined || end > offset + block.length) return cuts;
        ends.push(end);
        cuts.push(end - offset);
      }
    },
  };
}

function describe(digests: readonly string[], ends: readonly number[], size: number): Chunk[] {
  return digests.map((sha256, i) => {
    const offset = i === 0 ? 0 : (ends[i - 1] ?? size);
    return { offset, length: (ends[i] ?? size) - offset, sha256 };
  });
}
