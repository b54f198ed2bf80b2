import { createHash } from "node:crypto";

/**
 * Content-defined chunking after FastCDC (Xia et al., USENIX ATC 2016) with a 32-bit gear hash: a boundary lies where
 * the top bits of the hash of the last 32 bytes are zero. Up to the normal point more bits must be zero than after it
 * ("normalised chunking"), which keeps the lengths together; any closer, and the boundaries of two versions find each
 * other again only long after a change (docs/adr/ has the table).
 */
export interface GearOptions {
  /** A power of two, bytes. The shortest chunk is a quarter of it, the longest four times as long. */
  readonly averageBytes: number;
}

/** One 32-bit word a byte value: the first four bytes, little endian, of the SHA-256 of `plimsoll gear <value>`. */
export const gearTable: Int32Array = Int32Array.from({ length: 256 }, (_, value) =>
  createHash("sha256").update(`plimsoll gear ${value}`).digest().readInt32LE(0),
);

/** How many bits stricter before the normal point, and laxer after it. */
const normalisation = 2;
/** Where strict becomes lax, as a share of the average. */
const normalPoint = 5 / 8;

const topBits = (count: number): number => -1 << (32 - count);

/** Finds the boundaries of one run of bytes that is fed piece by piece. */
export class GearCutter {
  readonly #minBytes: number;
  readonly #normalBytes: number;
  readonly #maxBytes: number;
  readonly #strict: number;
  readonly #lax: number;
  #hash = 0;
  #length = 0;

  constructor({ averageBytes }: GearOptions) {
    const bits = Math.round(Math.log2(averageBytes));
    this.#minBytes = averageBytes / 4;
    this.#normalBytes = averageBytes * normalPoint;
    this.#maxBytes = averageBytes * 4;
    this.#strict = topBits(bits + normalisation);
    this.#lax = topBits(bits - normalisation);
  }

  /** Offset just behind the next boundary in `bytes` at or after `from`, or -1 where none lies before `to`. */
  next(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    // The 32 bytes before the shortest length already count for the hash; those before them cannot matter.
    const skip = Math.min(to - at, Math.max(0, this.#minBytes - 32 - this.#length));
    at += skip;
    this.#length += skip;
    const found = this.#scan(bytes, at, to);
    if (found < 0) return -1;
    this.#hash = 0;
    this.#length = 0;
    return found;
  }

  #scan(bytes: Uint8Array, start: number, to: number): number {
    let hash = this.#hash;
    let at = start;
    const base = this.#length - start;
    for (const [limit, mask] of [
      [this.#minBytes, undefined],
      [this.#normalBytes, this.#strict],
      [this.#maxBytes, this.#lax],
    ] as const) {
      const end = Math.min(to, limit - base);
      if (mask === undefined) {
        for (; at < end; at += 1) hash = ((hash << 1) + gear(bytes, at)) | 0;
        continue;
      }
      while (at < end) {
        hash = ((hash << 1) + gear(bytes, at)) | 0;
        at += 1;
        if ((hash & mask) === 0) return at;
      }
    }
    if (at + base >= this.#maxBytes) return at;
    this.#hash = hash;
    this.#length = at + base;
    return -1;
  }

  /** Forgets what it has seen: the next byte begins a chunk. */
  reset(): void {
    this.#hash = 0;
    this.#length = 0;
  }
}

const gear = (bytes: Uint8Array, at: number): number => gearTable[bytes[at] as number] as number;
