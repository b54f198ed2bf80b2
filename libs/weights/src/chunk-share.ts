import type { Chunk } from "@plimsoll/manifest";

/** One weight file as far as a comparison goes. */
export interface ComparedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hex; undefined where a manifest does not pin it. */
  readonly sha256: string | undefined;
  /** Undefined where nothing lists its chunks: it is then shared as a whole or not at all. */
  readonly chunks: readonly Chunk[] | undefined;
}

/** What a file of the new side costs. */
export interface FileShare {
  readonly name: string;
  readonly state: "same" | "changed" | "added";
  readonly size: number;
  /** Bytes that some file of the old side has. */
  readonly sharedBytes: number;
  /** Bytes to fetch. */
  readonly fetchBytes: number;
  /** False where no chunk index says what is shared. */
  readonly chunked: boolean;
}

/** What an update costs for somebody who has the old side. */
export interface UpdateShare {
  readonly files: readonly FileShare[];
  /** Names that only the old side has. */
  readonly removed: readonly string[];
  /** Of all files of the new side. */
  readonly bytes: number;
  readonly sharedBytes: number;
  readonly fetchBytes: number;
}

/** Compares two sides by digest and chunk. A chunk that the new side has several times is fetched once. */
export function updateShare(
  before: readonly ComparedFile[],
  after: readonly ComparedFile[],
): UpdateShare {
  const whole = new Set(before.map(({ sha256 }) => sha256));
  const here = new Set(before.flatMap(({ chunks = [] }) => chunks.map(keyOf)));
  const names = new Map(before.map((file) => [file.name, file]));
  const files = after.map((file): FileShare => {
    const { name, size, sha256, chunks } = file;
    const old = names.get(name);
    const isHere = sha256 !== undefined && whole.has(sha256);
    const same = isHere && old?.sha256 === sha256;
    let fetchBytes = isHere ? 0 : size;
    if (!isHere && chunks !== undefined) {
      fetchBytes = 0;
      for (const chunk of chunks) {
        if (here.has(keyOf(chunk))) continue;
        here.add(keyOf(chunk));
        fetchBytes += chunk.length;
      }
    }
    whole.add(sha256);
    const state = same ? "same" : old === undefined ? "added" : "changed";
    const chunked = isHere || chunks !== undefined;
    return { name, state, size, sharedBytes: size - fetchBytes, fetchBytes, chunked };
  });
  const kept = new Set(after.map(({ name }) => name));
  const sum = (of: (file: FileShare) => number): number =>
    files.reduce((total, file) => total + of(file), 0);
  return {
    files,
    removed: before.filter(({ name }) => !kept.has(name)).map(({ name }) => name),
    bytes: sum(({ size }) => size),
    sharedBytes: sum(({ sharedBytes }) => sharedBytes),
    fetchBytes: sum(({ fetchBytes }) => fetchBytes),
  };
}

const keyOf = ({ sha256, length }: Chunk): string => `${sha256} ${length}`;
