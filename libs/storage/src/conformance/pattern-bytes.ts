/** Bytes that look random, are the same on every run, and differ everywhere between two seeds. */
export function patternBytes(size: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  // xorshift32 of Marsaglia; its state must not be 0.
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, size);
}
