import type { Random } from "../random.ts";

/** How far a picture is changed. */
export interface PictureChanges {
  /** Degrees either way. */
  readonly rotate: number;
  /** Largest share of the side that is cropped away (below 0: added). */
  readonly crop: number;
  /** Largest change of brightness and contrast, as a share. */
  readonly colour: number;
  /** Standard deviation of the noise, of 1. */
  readonly noise: number;
}

export const pictureChanges: PictureChanges = { rotate: 15, crop: 0.3, colour: 0.25, noise: 0.02 };

/**
 * A changed copy of a picture: flipped or not, turned, cropped and moved, its colours and noise changed, each by
 * a random amount. `pixels` are uint8 `[3, height, width]`; `into` gets float32 0 to 1 of the same shape. What lies
 * outside the picture repeats its edge.
 */
export function augmentPicture(
  pixels: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  into: Float32Array,
  random: Random,
  changes: PictureChanges = pictureChanges,
): void {
  const spread = (most: number): number => (random.uniform() * 2 - 1) * most;
  const flip = random.below(2) === 1 ? -1 : 1;
  const angle = (spread(changes.rotate) * Math.PI) / 180;
  // From no more than a tenth added at the edges to `crop` taken away.
  const scale = 1.1 - random.uniform() * (changes.crop + 0.1);
  const room = Math.max(0.06, 1 - scale) / 2;
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const [dx, dy] = [middleX + spread(room) * width, middleY + spread(room) * height];
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const contrast = 1 + spread(changes.colour);
  const shifts = Array.from({ length: 3 }, () => spread(changes.colour * 0.4));
  const brightness = spread(changes.colour * 0.6);
  const plane = width * height;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [u, v] = [(x - middleX) * flip, y - middleY];
      const sx = Math.min(Math.max(u * cos - v * sin + dx, 0), width - 1.001);
      const sy = Math.min(Math.max(u * sin + v * cos + dy, 0), height - 1.001);
      const [left, top] = [Math.floor(sx), Math.floor(sy)];
      const [fx, fy] = [sx - left, sy - top];
      const at = top * width + left;
      for (let c = 0; c < 3; c += 1) {
        const i = c * plane + at;
        const above = (pixels[i] as number) * (1 - fx) + (pixels[i + 1] as number) * fx;
        const below =
          (pixels[i + width] as number) * (1 - fx) + (pixels[i + width + 1] as number) * fx;
        const value = (above * (1 - fy) + below * fy) / 255;
        const coloured = (value - 0.5) * contrast + 0.5 + brightness + (shifts[c] as number);
        into[c * plane + y * width + x] = Math.min(Math.max(coloured, 0), 1);
      }
    }
  }
  if (changes.noise > 0) addNoise(into, random, changes.noise * random.uniform());
}

/** The sum of three uniform draws is near enough to a normal one, and cheaper. */
function addNoise(into: Float32Array, random: Random, deviation: number): void {
  for (let i = 0; i < into.length; i += 1) {
    const draw = random.uniform() + random.uniform() + random.uniform() - 1.5;
    into[i] = Math.min(Math.max((into[i] as number) + draw * 2 * deviation, 0), 1);
  }
}
