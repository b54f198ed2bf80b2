import { createHash, type Hash } from "node:crypto";
import type { ChunkMap } from "./chunk-map.ts";
import type { FetchChunk } from "./fetch-request.ts";
import type { SourceState } from "./sources.ts";

/** A chunk whose bytes are not the ones of its digest. */
export interface WrongChunk {
  readonly chunk: FetchChunk;
  readonly sha256: string;
  /** Who sent bytes of it. */
  readonly from: readonly SourceState[];
}

/** Digests the chunks of one request as their bytes come, in order. */
export class ChunkCheck {
  readonly #map: ChunkMap;
  readonly #proved: (start: number, end: number) => void;
  #chunk: FetchChunk | undefined;
  #hash: Hash | undefined;
  #at = 0;
  readonly #from = new Set<SourceState>();

  /** Of the bytes from `start` on, where a chunk begins. `proved` is told of each chunk that matched. */
  constructor(map: ChunkMap, start: number, proved: (start: number, end: number) => void) {
    this.#map = map;
    this.#at = start;
    this.#proved = proved;
  }

  /** Where the chunk begins that is not whole yet: up to there everything given so far is proven. */
  get frontier(): number {
    return this.#chunk?.offset ?? this.#at;
  }

  /** The byte that is to come next: behind the last one, or the first of a chunk that was wrong. */
  get position(): number {
    return this.#at;
  }

  /** Takes the bytes at `position`, which come after those given before; gives the chunk that they show to be wrong. */
  take(bytes: Uint8Array, position: number, from: SourceState): WrongChunk | undefined {
    for (let at = 0; at < bytes.length;) {
      const offset = position + at;
      this.#chunk ??= this.#map.at(offset);
      this.#hash ??= createHash("sha256");
      const { offset: start, length, sha256 } = this.#chunk;
      const count = Math.min(bytes.length - at, start + length - offset);
      this.#hash.update(bytes.subarray(at, at + count));
      this.#from.add(from);
      at += count;
      this.#at = offset + count;
      if (this.#at < start + length) continue;
      const actual = this.#hash.digest("hex");
      const wrong = { chunk: this.#chunk, sha256: actual, from: [...this.#from] };
      this.#drop();
      if (actual !== sha256) {
        this.#at = start;
        return wrong;
      }
      this.#proved(start, start + length);
    }
    return undefined;
  }

  /** Goes back to the start of the chunk that is not whole. */
  rewind(): void {
    this.#at = this.frontier;
    this.#drop();
  }

  #drop(): void {
    this.#chunk = undefined;
    this.#hash = undefined;
    this.#from.clear();
  }
}
