/** A stream of random numbers that is the same for the same seed, on every machine. */
export interface Random {
  /** From 0 to below 1, in steps of 2^-32. */
  uniform(): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
}

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/**
 * 32-bit words of xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021) from
 * four words of state, not all zero.
 */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const word = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return word;
  };
}

/** Spreads one seed over words, so that neighbouring seeds give unrelated streams (the finaliser of MurmurHash3). */
function spread(seed: number): () => number {
  let counter = seed | 0;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    let word = counter;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return (word ^ (word >>> 16)) >>> 0;
  };
}

/** A stream for a whole-number `seed` (its low 32 bits count). Not for secrets. */
export function seededRandom(seed: number): Random {
  const word = spread(seed);
  const next = xoshiro128([word(), word(), word(), word()]);
  const uniform = (): number => next() / 2 ** 32;
  return {
    uniform,
    // Box and Muller; 1 - uniform() is never 0, so the logarithm is finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (end) => Math.floor(uniform() * end),
  };
}
