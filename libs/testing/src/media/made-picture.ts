import { dice } from "./dice.ts";
import { pngFile } from "./png-file.ts";

/** Classes of pictures that can be made. */
export const pictureClasses = ["checks", "disc", "stripes"] as const;

export type PictureClass = (typeof pictureClasses)[number];

/** A made picture as a PNG file: a pattern of random colour, size, place and turn on another colour, with noise. */
export function madePicture(name: PictureClass, seed: number, side = 48): Uint8Array {
  const random = dice(seed * pictureClasses.length + pictureClasses.indexOf(name));
  const colour = (): number[] => Array.from({ length: 3 }, () => random() * 200 + 20);
  const [front, back] = [colour(), colour()];
  const angle = random() * Math.PI;
  const period = side * (0.12 + 0.12 * random());
  const radius = side * (0.18 + 0.17 * random());
  const [cx, cy] = [side * (0.35 + 0.3 * random()), side * (0.35 + 0.3 * random())];
  const inside: Readonly<
    Record<PictureClass, (u: number, v: number, x: number, y: number) => boolean>
  > = {
    checks: (u, v) => Math.floor(u / period + 99) % 2 === Math.floor(v / period + 99) % 2,
    disc: (_u, _v, x, y) => (x - cx) ** 2 + (y - cy) ** 2 < radius ** 2,
    stripes: (u) => Math.floor(u / period + 99) % 2 === 0,
  };
  const rgb = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const u = x * Math.cos(angle) + y * Math.sin(angle);
      const v = y * Math.cos(angle) - x * Math.sin(angle);
      const paint = inside[name](u, v, x, y) ? front : back;
      for (let c = 0; c < 3; c += 1) {
        const value = (paint[c] ?? 0) + (random() - 0.5) * 30;
        rgb[(y * side + x) * 3 + c] = Math.min(Math.max(value, 0), 255);
      }
    }
  }
  return pngFile(side, side, rgb);
}
