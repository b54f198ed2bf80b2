import { createHash } from "node:crypto";
import { readBlock, type DigestLane, type DigestRun } from "./digest-lane.ts";

const blockBytes = 1 << 20;

/** Digests on this thread; the next block is read meanwhile. */
export const digestInline: DigestRun = async (file, lanes, { signal, onProgress }) => {
  const runs = lanes.map((lane) => new RunDigests(lane));
  const length = Math.min(blockBytes, file.size);
  const blocks = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)];
  const read = async (at: number): Promise<Uint8Array> => {
    const block = blocks[(at / blockBytes) % 2]?.subarray(0, file.size - at) ?? Buffer.alloc(0);
    return block.subarray(0, block.length && (await readBlock(file, block, at)));
  };
  let ahead = read(0);
  try {
    for (let at = 0; ; at += blockBytes) {
      const block = await ahead;
      signal?.throwIfAborted();
      const isLast = block.length < blockBytes || at + blockBytes >= file.size;
      if (!isLast) ahead = read(at + blockBytes);
      for (const run of runs) run.update(block, at);
      onProgress?.(at + block.length);
      if (isLast) return runs.map((run) => run.finish());
    }
  } finally {
    // The caller closes the file: no read may be under way then.
    await ahead.catch(() => undefined);
  }
};

class RunDigests {
  readonly #lane: DigestLane;
  readonly #digests: string[] = [];
  #hash;
  #isOpen = true;

  constructor(lane: DigestLane) {
    this.#lane = lane;
    this.#hash = createHash(lane.algorithm);
  }

  update(block: Uint8Array, offset: number): void {
    let from = 0;
    for (const end of this.#lane.cuts(block, offset)) {
      this.#hash.update(block.subarray(from, end));
      this.#digests.push(this.#hash.digest("hex"));
      this.#hash = createHash(this.#lane.algorithm);
      from = end;
    }
    this.#isOpen = from < block.length || (from === 0 && this.#isOpen);
    if (from < block.length) this.#hash.update(block.subarray(from));
  }

  finish(): readonly string[] {
    if (this.#isOpen) this.#digests.push(this.#hash.digest("hex"));
    this.#lane.onDigests?.(this.#digests);
    return this.#digests;
  }
}
