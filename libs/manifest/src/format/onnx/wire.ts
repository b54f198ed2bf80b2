import { Malformed } from "../../bytes/malformed.ts";
import type { RandomAccess } from "../../bytes/random-access.ts";

/** One field of a protobuf message (https://protobuf.dev/programming-guides/encoding/). */
export interface WireField {
  readonly number: number;
  /** 0 varint · 1 eight bytes · 2 length and bytes · 5 four bytes. */
  readonly wire: number;
  /** Of a varint, as a signed 64-bit number; exact up to 2^53. Zero for the other kinds. */
  readonly value: number;
  /** Where its bytes lie; an empty run behind a varint. */
  readonly begin: number;
  readonly end: number;
}

/** A key and a length, each a varint of at most 10 bytes. */
const fieldHeadBytes = 20;
const pageBytes = 16 << 10;
/** Of one file: a graph of a million nodes has some 20 million. */
const maxFields = 32_000_000;
const maxTextBytes = 1 << 20;

/** Reads the fields of protobuf messages from a file, heads only: the bytes between them are never read. */
export class WireReader {
  readonly #file: RandomAccess;
  #page: Uint8Array = new Uint8Array(0);
  #pageAt = 0;
  #fields = 0;

  constructor(file: RandomAccess) {
    this.#file = file;
  }

  /** The fields of the message in bytes `begin` to before `end`. Throws `Malformed` where it is none. */
  async fields({ begin, end }: { begin: number; end: number }): Promise<readonly WireField[]> {
    const found: WireField[] = [];
    for (let at = begin; at < end;) {
      const last = Math.min(at + fieldHeadBytes, end);
      if (at < this.#pageAt || last > this.#pageAt + this.#page.length) await this.#turn(at);
      const offset = at - this.#pageAt;
      const field = readField(this.#page, offset, last - this.#pageAt, this.#pageAt);
      if (field.end > end) throw new Malformed("protobuf: a field ends outside of its message");
      found.push(field);
      this.#fields += 1;
      if (this.#fields > maxFields) throw new Malformed("protobuf: too many fields to follow");
      at = field.end;
    }
    return found;
  }

  /** The bytes of a field of kind 2, at most `maxBytes` of them (default 1 MiB). */
  async bytes(field: WireField, maxBytes = maxTextBytes): Promise<Uint8Array> {
    const length = field.end - field.begin;
    if (field.wire !== 2) throw new Malformed("protobuf: a field of another kind");
    if (length > maxBytes) throw new Malformed(`protobuf: a text of ${length} bytes`);
    const offset = field.begin - this.#pageAt;
    return offset >= 0 && offset + length <= this.#page.length
      ? this.#page.slice(offset, offset + length)
      : this.#file.read(field.begin, length);
  }

  async text(field: WireField, maxBytes?: number): Promise<string> {
    return Buffer.from(await this.bytes(field, maxBytes)).toString("utf8");
  }

  /** The numbers of a repeated varint field, packed or not. */
  async numbers(field: WireField): Promise<readonly number[]> {
    if (field.wire === 0) return [field.value];
    const bytes = await this.bytes(field);
    const values: number[] = [];
    for (let at = 0; at < bytes.length;) {
      const { value, next } = varint(bytes, at, bytes.length);
      values.push(value);
      at = next;
    }
    return values;
  }

  async #turn(at: number): Promise<void> {
    this.#page = await this.#file.read(at, Math.min(pageBytes, this.#file.size - at));
    this.#pageAt = at;
  }
}

function readField(page: Uint8Array, from: number, limit: number, pageAt: number): WireField {
  const key = varint(page, from, limit);
  const number = Math.floor(key.value / 8);
  const wire = key.value % 8;
  if (key.value < 8 || key.value > 0xffff_ffff) throw new Malformed("protobuf: no field number");
  const at = pageAt + key.next;
  if (wire === 1) return { number, wire, value: 0, begin: at, end: at + 8 };
  if (wire === 5) return { number, wire, value: 0, begin: at, end: at + 4 };
  if (wire !== 0 && wire !== 2) throw new Malformed(`protobuf: a field of kind ${wire}`);
  const { value, next } = varint(page, key.next, limit);
  const begin = pageAt + next;
  if (wire === 0) return { number, wire, value, begin, end: begin };
  if (value < 0) throw new Malformed("protobuf: a negative length");
  return { number, wire, value: 0, begin, end: begin + value };
}

/** A base-128 varint of at most 10 bytes. */
function varint(bytes: Uint8Array, from: number, limit: number): { value: number; next: number } {
  let value = 0;
  for (let at = from, scale = 1; at < limit && at < from + 10; at += 1, scale *= 128) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value: value < 2 ** 63 ? value : signed(bytes, from), next: at + 1 };
  }
  throw new Malformed("protobuf: a number that does not end");
}

/** The varint as a negative number in two's complement: exact where the double above is not. */
function signed(bytes: Uint8Array, from: number): number {
  let value = 0n;
  for (let i = 0; i < 10; i += 1) {
    const byte = bytes[from + i] as number;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) break;
  }
  return Number(BigInt.asIntN(64, value));
}
