import { gearScan, gearSliceBytes, type GearScan } from "./gear-scan.ts";
import { gearTable } from "./gear-table.ts";

/**
 * Content-defined chunking after FastCDC (Xia et al., USENIX ATC 2016) with a 32-bit gear hash: a boundary lies where
 * the top bits of the hash of the last 32 bytes are zero. Up to the normal point more bits must be zero than after it
 * ("normalised chunking"), which keeps the lengths together; any closer, and the boundaries of two versions find each
 * other again only long after a change (docs/adr/ has the table).
 */
export interface GearOptions {
  /** A power of two, bytes. The shortest chunk is a quarter of it, the longest four times as long. */
  readonly averageBytes: number;
  /** The inner loop; default the fastest that there is. */
  readonly scan?: GearScan;
}

/** How many bits stricter before the normal point, and laxer after it. */
const normalisation = 2;
/** Where strict becomes lax, as a share of the average. */
const normalPoint = 5 / 8;
/** Bytes that count for a hash of 32 bits. */
const windowBytes = 32;

const topBits = (count: number): number => -1 << (32 - count);

/** Finds the boundaries of one run of bytes that is fed piece by piece. */
export class GearCutter {
  readonly #scan: GearScan;
  readonly #minBytes: number;
  readonly #normalBytes: number;
  readonly #maxBytes: number;
  readonly #strict: number;
  readonly #lax: number;
  #hash = 0;
  #length = 0;

  constructor({ averageBytes, scan = gearScan() }: GearOptions) {
    const bits = Math.round(Math.log2(averageBytes));
    this.#scan = scan;
    this.#minBytes = averageBytes / 4;
    this.#normalBytes = averageBytes * normalPoint;
    this.#maxBytes = averageBytes * 4;
    this.#strict = topBits(bits + normalisation);
    this.#lax = topBits(bits - normalisation);
  }

  /** Offsets in `bytes` just behind every boundary, the next piece of the run. */
  cuts(bytes: Uint8Array): number[] {
    const cuts: number[] = [];
    for (let start = 0; start < bytes.length; start += gearSliceBytes) {
      const slice = bytes.subarray(start, start + gearSliceBytes);
      this.#scan.load(slice);
      for (let at = this.#next(slice, 0); at >= 0; at = this.#next(slice, at)) {
        cuts.push(start + at);
      }
    }
    return cuts;
  }

  /** Offset just behind the next boundary in `bytes` at or after `from`, or -1 where none lies in it. */
  #next(bytes: Uint8Array, from: number): number {
    const to = bytes.length;
    let at = from;
    let hash = this.#hash;
    // The window before the shortest length already counts for the hash; the bytes before it cannot matter.
    at += Math.min(to - at, Math.max(0, this.#minBytes - windowBytes - this.#length));
    const base = this.#length - from;
    for (const warm = Math.min(to, this.#minBytes - base); at < warm; at += 1) {
      hash = ((hash << 1) + (gearTable[bytes[at] as number] as number)) | 0;
    }
    for (const [limit, mask] of [
      [this.#normalBytes, this.#strict],
      [this.#maxBytes, this.#lax],
    ] as const) {
      const end = Math.min(to, limit - base);
      if (at >= end) continue;
      const found = this.#scan.scan(at, end, hash, mask);
      if (found >= 0) return this.#begin(found);
      hash = this.#scan.hash();
      at = end;
    }
    if (at + base >= this.#maxBytes) return this.#begin(at);
    this.#hash = hash;
    this.#length = at + base;
    return -1;
  }

  #begin(at: number): number {
    this.#hash = 0;
    this.#length = 0;
    return at;
  }
}
