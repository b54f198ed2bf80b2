import { createHash, type Hash } from "node:crypto";
import { read } from "node:fs";
import { promisify } from "node:util";

const readAsync = promisify(read);
const blockBytes = 262_144;

/** SHA-256 of a file while it is being written: it follows the bytes that are on disk without a gap before them. */
export interface RunningDigest {
  /** A block that is about to be written. Taken from memory if it is the next one; only read during the call. */
  offer(block: Uint8Array, position: number): void;
  /** Every byte before `frontier` is on disk. */
  advance(frontier: number): void;
  /** Forgets everything: the bytes will be written anew. */
  restart(): void;
  /** Hex digest up to `end`, all of which is on disk. */
  finish(end: number): Promise<string>;
  close(): void;
}

/** A running digest on this thread: best for small files and for bytes that come in order. */
export class InlineDigest implements RunningDigest {
  readonly #fd: number;
  readonly #from: number;
  #hash: Hash = createHash("sha256");
  #at: number;
  #frontier: number;
  #generation = 0;
  #reading: Promise<void> | undefined;

  /** Of the bytes of `fd` from `from` on. */
  constructor(fd: number, from = 0) {
    this.#fd = fd;
    this.#from = from;
    this.#at = from;
    this.#frontier = from;
  }

  offer(block: Uint8Array, position: number): void {
    if (position !== this.#at || this.#reading !== undefined) return;
    this.#hash.update(block);
    this.#at += block.length;
  }

  advance(frontier: number): void {
    this.#frontier = Math.max(this.#frontier, frontier);
    if (this.#at >= this.#frontier || this.#reading !== undefined) return;
    this.#reading = this.#catchUp(this.#generation);
    // A failure is told by `finish`.
    this.#reading.catch(() => undefined);
  }

  restart(): void {
    this.#generation++;
    this.#hash = createHash("sha256");
    this.#at = this.#from;
    this.#frontier = this.#from;
    this.#reading = undefined;
  }

  async finish(end: number): Promise<string> {
    this.advance(end);
    await this.#reading;
    return this.#hash.copy().digest("hex");
  }

  close(): void {
    this.#generation++;
  }

  async #catchUp(generation: number): Promise<void> {
    const block = Buffer.allocUnsafe(Math.min(blockBytes, this.#frontier - this.#at));
    while (generation === this.#generation && this.#at < this.#frontier) {
      const want = Math.min(block.length, this.#frontier - this.#at);
      const { bytesRead } = await readAsync(this.#fd, block, 0, want, this.#at);
      if (generation !== this.#generation) return;
      if (bytesRead === 0) throw new Error("the partial file became shorter");
      this.#hash.update(block.subarray(0, bytesRead));
      this.#at += bytesRead;
    }
    if (generation === this.#generation) this.#reading = undefined;
  }
}
