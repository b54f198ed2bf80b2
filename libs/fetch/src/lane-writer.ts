import type { BlockPool } from "./block-pool.ts";

/** Writes of one lane that may be under way at the same time: one is filled while another goes to the disk. */
const writesAtOnce = 2;

/**
 * Gathers what a socket gives, some 16 KiB at a time, into large blocks and hands them to `write` with their position.
 * The buffers given to `put` are copied.
 */
export class LaneWriter {
  readonly #pool: BlockPool;
  readonly #write: (block: Uint8Array, position: number) => Promise<void>;
  #block: Buffer | undefined;
  #filled = 0;
  #position = 0;
  #under = 0;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(pool: BlockPool, write: (block: Uint8Array, position: number) => Promise<void>) {
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
      this.#block.set(bytes.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === this.#block.length) this.#send();
    }
    return this.#under >= writesAtOnce ? this.#until(() => this.#under < writesAtOnce) : undefined;
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
    const filled = block.subarray(0, this.#filled);
    this.#block = undefined;
    this.#position += this.#filled;
    this.#filled = 0;
    this.#under++;
    this.#write(filled, position)
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#pool.give(block);
        this.#under--;
        this.#wake?.();
      });
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
