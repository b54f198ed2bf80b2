import { Malformed } from "./malformed.ts";
import { type RandomAccess, viewOf } from "./random-access.ts";

const pageBytes = 64 << 10;

/** Reads little-endian numbers and texts one after the other, a page at a time. Past the end it throws `Malformed`. */
export class ByteCursor {
  readonly #file: RandomAccess;
  readonly #what: string;
  #page = viewOf(new Uint8Array(0));
  #pageAt = 0;
  /** Offset of the next byte. */
  at = 0;

  /** `what` names the format in messages. */
  constructor(file: RandomAccess, what: string) {
    this.#file = file;
    this.#what = what;
  }

  async u8(): Promise<number> {
    const at = await this.#take(1);
    return this.#page.getUint8(at);
  }

  async u16(): Promise<number> {
    const at = await this.#take(2);
    return this.#page.getUint16(at, true);
  }

  async u32(): Promise<number> {
    const at = await this.#take(4);
    return this.#page.getUint32(at, true);
  }

  /** Exact up to 2^53; what is larger is larger than any file. */
  async u64(): Promise<number> {
    const at = await this.#take(8);
    return Number(this.#page.getBigUint64(at, true));
  }

  async i64(): Promise<number> {
    const at = await this.#take(8);
    return Number(this.#page.getBigInt64(at, true));
  }

  async f32(): Promise<number> {
    const at = await this.#take(4);
    return this.#page.getFloat32(at, true);
  }

  async f64(): Promise<number> {
    const at = await this.#take(8);
    return this.#page.getFloat64(at, true);
  }

  /** The next `length` bytes, a copy; more than `maxBytes` are refused. */
  async bytes(length: number, maxBytes: number): Promise<Uint8Array> {
    if (length > maxBytes) throw new Malformed(`${this.#what}: a text of ${length} bytes`);
    if (length <= pageBytes) {
      const at = await this.#take(length);
      return new Uint8Array(this.#page.buffer, this.#page.byteOffset + at, length).slice();
    }
    this.skip(length);
    return this.#file.read(this.at - length, length);
  }

  skip(length: number): void {
    this.at += length;
    if (this.at > this.#file.size) throw this.#cut();
  }

  /** Makes sure that the page holds the next bytes, goes behind them and gives their offset in the page. */
  async #take(length: number): Promise<number> {
    const from = this.at;
    this.skip(length);
    if (from < this.#pageAt || this.at > this.#pageAt + this.#page.byteLength) {
      this.#page = viewOf(await this.#file.read(from, Math.min(pageBytes, this.#file.size - from)));
      this.#pageAt = from;
    }
    return from - this.#pageAt;
  }

  #cut(): Malformed {
    return new Malformed(`${this.#what}: it ends too early`);
  }
}
