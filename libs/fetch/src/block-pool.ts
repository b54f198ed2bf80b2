/** Blocks of memory that lanes fill and the disk empties: used again, so that memory does not grow with the file. */
export class BlockPool {
  readonly blockBytes: number;
  readonly #keep: number;
  readonly #free: Buffer[] = [];

  /** At most `keep` unused blocks are held on to. */
  constructor(blockBytes: number, keep: number) {
    this.blockBytes = blockBytes;
    this.#keep = keep;
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.blockBytes);
  }

  give(block: Buffer): void {
    if (this.#free.length < this.#keep) this.#free.push(block);
  }
}
