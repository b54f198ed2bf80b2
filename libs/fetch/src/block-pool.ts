/** Blocks of memory that lanes fill and the disk empties: used again, so that memory does not grow with the file. */
export class BlockPool {
  readonly blockBytes: number;
  readonly #keep: number;
  readonly #free: Buffer[] = [];
  #taken = 0;

  /** At most `keep` unused blocks are held on to. */
  constructor(blockBytes: number, keep: number) {
    this.blockBytes = blockBytes;
    this.#keep = keep;
  }

  /** Fewer blocks are in use than are kept anyway: one lane may have more of them than its share. */
  get isPlenty(): boolean {
    return this.#taken < this.#keep;
  }

  take(): Buffer {
    this.#taken++;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.blockBytes);
  }

  /** Takes back a block; undefined for one that was lost. */
  give(block: Buffer | undefined): void {
    this.#taken--;
    if (block !== undefined && this.#free.length < this.#keep) this.#free.push(block);
  }
}
