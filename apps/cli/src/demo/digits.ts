import type { LabelledRows, Random } from "@plimsoll/training";

/** Height and width of a picture. */
export const side = 16;

export const classNames: readonly string[] = "0123456789".split("");

/** Ends of the seven segments in a box 1 wide and 2 high: x, y, x, y. */
const segments: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 1, 0],
  [1, 0, 1, 1],
  [1, 1, 1, 2],
  [0, 2, 1, 2],
  [0, 1, 0, 2],
  [0, 0, 0, 1],
  [0, 1, 1, 1],
];

/** Which segments light up for a digit, by their place in `segments`. */
const lit = [
  "012345",
  "12",
  "01346",
  "01236",
  "1256",
  "02356",
  "023456",
  "012",
  "0123456",
  "012356",
];

/** Distance of a point from a line between two points. */
function distance(x: number, y: number, line: readonly [number, number, number, number]): number {
  const [x1, y1, x2, y2] = line;
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy);
  const near = Math.min(1, Math.max(0, along));
  const [offX, offY] = [x - x1 - near * dx, y - y1 - near * dy];
  return Math.sqrt(offX * offX + offY * offY);
}

/** Draws one digit into `picture`, at a random place, size, slant and brightness, with noise over it. */
function draw(picture: Float32Array, digit: number, random: Random): void {
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const width = between(4.5, 6.5);
  const height = between(4.5, 5.5);
  const left = between(2, side - 3 - width);
  const top = between(1.5, side - 2.5 - 2 * height);
  const slant = between(-0.15, 0.15);
  const stroke = between(0.4, 0.9);
  const brightness = between(0.45, 1);
  const lines = [...(lit[digit] ?? "")].map((name) => {
    const [x1, y1, x2, y2] = segments[Number(name)] ?? [0, 0, 0, 0];
    const x = (u: number, v: number): number => left + u * width + slant * height * (1 - v);
    return [x(x1, y1), top + y1 * height, x(x2, y2), top + y2 * height] as const;
  });
  for (let i = 0; i < picture.length; i += 1) {
    const [px, py] = [i % side, Math.floor(i / side)];
    const nearest = Math.min(...lines.map((line) => distance(px, py, line)));
    const ink = Math.min(1, Math.max(0, 1 - (nearest - stroke))) * brightness;
    picture[i] = Math.min(1, Math.max(0, ink + 0.08 * random.normal()));
  }
}

/** Pictures of digits as a pocket calculator shows them: float32 `[count, 16 * 16]`, 0 black to 1 white. */
export function drawDigits(count: number, random: Random): LabelledRows {
  const width = side * side;
  const values = new Float32Array(count * width);
  const labels = Uint8Array.from({ length: count }, () => random.below(classNames.length));
  labels.forEach((digit, row) => {
    draw(values.subarray(row * width, (row + 1) * width), digit, random);
  });
  return { values, width, labels, classes: classNames.length };
}
