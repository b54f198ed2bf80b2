import type { BlockPool } from "./block-pool.ts";

/** Writes of one lane that may be under way at the same time: one is filled while others go to the disk. */
const writesAtOnce = 2;
/**
 * So many where few lanes are at work: one that is fast does not stop for each write. A disk that flushes stops writes
 * for some milliseconds: 1 GB took 1.19 of `curl | openssl` with 1 MiB ahead, 0.98 with 6 MiB.
 */
const mostWritesAtOnce = 24;

/**
 * Gathers what a socket gives, some 16 KiB at a time, into large blocks and hands them to `write` with their position.
 * The buffers given to `put` are copied.
 */
export class LaneWriter {
  readonly #pool: BlockPool;
  readonly #write: (block: Buffer, length: number, position: number) => Promise<Buffer>;
  #block: Buffer | undefined;
  #filled = 0;
  #position = 0;
  #under = 0;
  #failure: unknown;
  readonly #onWait: () => void;
  #wake: (() => void) | undefined;

  /**
   * `write` takes a block over, of which `length` bytes are to be written, and gives one back that is free. `onWait` is
   * told when the lane has to wait for that.
   */
  constructor(
    pool: BlockPool,
    write: (block: Buffer, length: number, position: number) => Promise<Buffer>,
    onWait: () => void = () => undefined,
  ) {
    this.#onWait = onWait;
    this.#pool = pool;
    this.#write = write;
  }

  /** Takes bytes for a position. Where it gives a promise, wait for that before the next call. */
  put(bytes: Uint8Array, position: number): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure as Error);
    if (position !== this.#position + this.#filled) this.#send();
    if (this.#block === undefined) this.#position = position;
    for (let at = 0; at < bytes.length;) {
      this.#block ??= this.#pool.take();
      const count = Math.min(bytes.length - at, this.#block.length - this.#filled);
      const part = count === bytes.length ? bytes : bytes.subarray(at, at + count);
      this.#block.set(part, this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === this.#block.length) this.#send();
    }
    if (!this.#isFull()) return undefined;
    this.#onWait();
    return this.#until(() => !this.#isFull());
  }

  /** Writes what was gathered; resolves when everything put so far is written. */
  async flush(): Promise<void> {
    this.#send();
    await this.#until(() => this.#under === 0);
  }

  #send(): void {
    const block = this.#block;
    if (block === undefined) return;
    const position = this.#position;
    const length = this.#filled;
    this.#block = undefined;
    this.#position += length;
    this.#filled = 0;
    this.#under++;
    this.#write(block, length, position).then(
      (free) => {
        this.#pool.give(free);
        this.#ended();
      },
      (error: unknown) => {
        this.#pool.give(undefined);
        this.#failure ??= error;
        this.#ended();
      },
    );
  }

  #isFull(): boolean {
    return this.#under >= (this.#pool.isPlenty ? mostWritesAtOnce : writesAtOnce);
  }

  #ended(): void {
    this.#under--;
    this.#wake?.();
  }

  async #until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}
