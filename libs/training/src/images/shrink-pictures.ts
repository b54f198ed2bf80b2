/**
 * Square pictures uint8 `[count, 3, from, from]` at a smaller side `to`: each pixel is the mean of the square that it
 * covers, pixels that are covered in part count in part.
 */
export function shrinkPictures(pixels: Uint8Array, from: number, to: number): Uint8Array {
  const planes = pixels.length / (from * from);
  const taps = Array.from({ length: to }, (_, i) => coverage(i, from / to));
  const shrunk = new Uint8Array(planes * to * to);
  const rows = new Float32Array(from * to);
  for (let plane = 0; plane < planes; plane += 1) {
    const source = plane * from * from;
    for (let y = 0; y < from; y += 1) {
      for (let x = 0; x < to; x += 1) {
        let sum = 0;
        for (const [at, weight] of taps[x] ?? []) {
          sum += (pixels[source + y * from + at] as number) * weight;
        }
        rows[y * to + x] = sum;
      }
    }
    for (let y = 0; y < to; y += 1) {
      for (let x = 0; x < to; x += 1) {
        let sum = 0;
        for (const [at, weight] of taps[y] ?? []) sum += (rows[at * to + x] as number) * weight;
        shrunk[(plane * to + y) * to + x] = Math.round(sum);
      }
    }
  }
  return shrunk;
}

/** Which pixels of the longer line pixel `i` of the shorter one covers, and by what share of itself. */
function coverage(i: number, ratio: number): readonly (readonly [at: number, weight: number])[] {
  const [start, end] = [i * ratio, (i + 1) * ratio];
  const found: [number, number][] = [];
  for (let at = Math.floor(start); at < Math.ceil(end - 1e-9); at += 1) {
    found.push([at, (Math.min(at + 1, end) - Math.max(at, start)) / ratio]);
  }
  return found;
}
