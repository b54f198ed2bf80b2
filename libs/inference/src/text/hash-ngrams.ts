import { normalizeText } from "./normalize-text.ts";

/** What `hashNgrams` takes. */
export interface NgramOptions {
  /** How many numbers come out: 1 or more. */
  readonly size: number;
  /** Shortest and longest run of characters of a word, its borders included. Default `[3, 5]`. */
  readonly lengths?: readonly [number, number];
}

export const ngramDefaults = { lengths: [3, 5] } as const;

/**
 * A text as `size` numbers, the input of a model of texts; training and serving use this one function.
 *
 * 1. The text is normalised: NFKC, lower case, everything but letters, marks and digits is a blank (`normalizeText`).
 * 2. Features are every word `w` as `=w`, and every run of 3 to 5 code points of `<w>`.
 * 3. A feature's hash is FNV-1a with 32 bits over its UTF-8 bytes, finished by MurmurHash3's mixer; the lowest bit gives
 *    the sign, the others modulo `size` the place to which the sign is added.
 * 4. The numbers are divided by their Euclidean length, unless all are 0.
 */
export function hashNgrams(text: string, options: NgramOptions): Float32Array {
  const { size, lengths = ngramDefaults.lengths } = options;
  const result = new Float32Array(size);
  const add = (feature: string): void => {
    const hash = hash32(feature);
    const place = (hash >>> 1) % size;
    result[place] = (result[place] ?? 0) + (hash & 1 ? -1 : 1);
  };
  for (const word of normalizeText(text).split(" ")) {
    if (word === "") continue;
    add(`=${word}`);
    const points = [..."<", ...word, ...">"];
    for (let length = lengths[0]; length <= lengths[1]; length += 1) {
      for (let at = 0; at + length <= points.length; at += 1) {
        add(points.slice(at, at + length).join(""));
      }
    }
  }
  const norm = lengthOf(result);
  return norm === 0 ? result : result.map((value) => value / norm);
}

const lengthOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

const encoder = new TextEncoder();

function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
