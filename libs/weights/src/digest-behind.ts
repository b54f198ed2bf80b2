import { buildChunkIndex, digestFile } from "@plimsoll/manifest";
import { type ChunkIndexFile, chunkIndexFile } from "./chunk-index-of.ts";
import type { WeightFile } from "./collect.ts";
import { WeightsError } from "./error.ts";
import {
  expectUntouched,
  type HashedFile,
  type HashingTools,
  type HashOptions,
} from "./hash-files.ts";
import { withRandomAccess } from "./scan-weight-file.ts";

export interface BehindRequest {
  /** Of the file: from the records, or being taken now. */
  readonly sha256: string | Promise<string>;
  readonly wantsChunks: boolean;
  /** The index, where it is known: then it is not made again. */
  readonly chunks: ChunkIndexFile | undefined;
  readonly tools: HashingTools;
}

/**
 * Digests chunks and parts of a large file while the upload of its first parts is under way; files take turns. The last
 * part's MD5 is given when the file is found untouched after that reading, so that no upload ends before. Where the
 * SHA-256 is one from the records, and no reading of this run has proven it, this one does.
 */
export function digestBehind(
  file: WeightFile,
  { md5PartBytes, cache, signal }: HashOptions,
  { sha256, wantsChunks, chunks, tools }: BehindRequest,
): Pick<HashedFile, "index" | "md5Parts"> {
  const partBytes = md5PartBytes?.(file.size);
  const makesIndex = wantsChunks && chunks === undefined;
  if (!makesIndex && partBytes === undefined) {
    return chunks ? { index: Promise.resolve(chunks) } : {};
  }
  const { behind: threads, stop } = tools;
  const md5s = expected(partBytes === undefined ? 0 : Math.ceil(file.size / partBytes));
  let taken = 0;
  const give = (digests: readonly string[]): void => {
    for (const digest of digests) {
      if (taken < md5s.length - 1) md5s[taken]?.resolve(digest);
      last = digest;
      taken += 1;
    }
  };
  let last = "";
  const read = async (): Promise<ChunkIndexFile | undefined> => {
    const wanted = {
      threads,
      md5PartBytes: partBytes,
      onMd5Parts: give,
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
      ...(typeof sha256 !== "string" && { sha256 }),
    };
    wanted.signal.throwIfAborted();
    const found = await withRandomAccess(file.path, async (bytes) =>
      makesIndex ? await buildChunkIndex(bytes, wanted) : await digestFile(bytes, wanted),
    );
    await expectUntouched(file);
    if (found.sha256 !== (await sha256)) throw changed(file);
    md5s.at(-1)?.resolve(last);
    if (!makesIndex || found.chunks === undefined) return chunks;
    const index = chunkIndexFile(file.name, { ...found, chunks: found.chunks });
    await cache?.keepChunkIndex?.(index.index.sha256, index.bytes);
    return index;
  };
  const turn = Promise.allSettled(tools.running).then(read);
  tools.running.push(turn);
  turn.catch((error: unknown) => md5s.forEach(({ reject }) => reject(error)));
  const index = turn.then((made) => made as ChunkIndexFile);
  index.catch(() => undefined);
  return {
    ...(wantsChunks && { index }),
    ...(partBytes !== undefined && {
      md5Parts: {
        partBytes,
        md5: (at: number) => md5s[at]?.promise ?? Promise.reject(changed(file)),
      },
    }),
  };
}

interface Expected {
  readonly promise: Promise<string>;
  readonly resolve: (md5: string) => void;
  readonly reject: (reason: unknown) => void;
}

function expected(count: number): Expected[] {
  return Array.from({ length: count }, () => {
    let settle: Omit<Expected, "promise"> | undefined;
    const promise = new Promise<string>((resolve, reject) => (settle = { resolve, reject }));
    // Whoever waits is told; nobody has to.
    promise.catch(() => undefined);
    return { promise, ...(settle as Omit<Expected, "promise">) };
  });
}

function changed(file: WeightFile): WeightsError {
  return new WeightsError(
    "E_CONFLICT",
    `${file.name}: its bytes are not those that were hashed: publish again when nothing writes to ${file.path}`,
  );
}
