/** Numbers from 0 to below 1 that follow from a seed (mulberry32): a failure can be made again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Texts and bytes at the borders of what the formats allow. */
const telling: readonly Buffer[] = [
  ...'{ } [ ] " \\ : , null true -1 0 1e999 9007199254740993 \\u0000 \\ud800 __proto__ ../ 1.0 2.0 v1.0.0'
    .split(" ")
    .map((text) => Buffer.from(text)),
  ...["00", "ff", "7f", "80", "0a", "ffffffff", "ffffff7f", "00000080", "0000000000000080"].map(
    (hex) => Buffer.from(hex, "hex"),
  ),
  Buffer.from("cos\nsystem\n(S'id'\ntR."),
  Buffer.from("504b0506", "hex"),
];

/** One to four random changes of `bytes`: bits, runs, cuts, pieces of itself or of `other`. */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: () => number): Buffer {
  let out: Buffer = Buffer.from(bytes);
  const below = (limit: number): number => Math.floor(random() * limit);
  const splice = (at: number, removed: number, added: Uint8Array): Buffer =>
    Buffer.concat([out.subarray(0, at), added, out.subarray(at + removed)]);
  for (let rounds = 1 + below(4); rounds > 0; rounds -= 1) {
    const at = below(out.length + 1);
    const run = 1 + below(random() < 0.5 ? 8 : 64);
    switch (below(8)) {
      case 0:
        if (at < out.length) out[at] = (out[at] ?? 0) ^ (1 << below(8));
        break;
      case 1:
        if (at < out.length) out[at] = below(256);
        break;
      case 2:
        out = splice(at, run, Buffer.alloc(0));
        break;
      case 3:
        out = splice(at, 0, Buffer.from(Array.from({ length: run }, () => below(256))));
        break;
      case 4:
        out = splice(at, below(2) * run, telling[below(telling.length)] ?? Buffer.alloc(0));
        break;
      case 5:
        out = splice(at, below(2) * run, out.subarray(below(out.length + 1)).subarray(0, run));
        break;
      case 6:
        out = splice(
          at,
          run,
          Buffer.from(other)
            .subarray(below(other.length + 1))
            .subarray(0, run),
        );
        break;
      default:
        if (random() < 0.2) out = out.subarray(0, at);
        break;
    }
  }
  return out;
}
