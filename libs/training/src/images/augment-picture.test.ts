import { expect, test } from "@jest/globals";
import { seededRandom } from "../random.ts";
import { augmentPicture } from "./augment-picture.ts";

const size = { width: 20, height: 12 };
const count = 3 * size.width * size.height;

function copyOf(pixels: Uint8Array, seed: number): Float32Array {
  const into = new Float32Array(count);
  augmentPicture(pixels, size, into, seededRandom(seed));
  return into;
}

test("the same seed gives the same copy, another seed another; all values are 0 to 1", () => {
  const pixels = Uint8Array.from({ length: count }, (_, i) => (i * 37) % 256);
  expect(copyOf(pixels, 1)).toEqual(copyOf(pixels, 1));
  expect(copyOf(pixels, 1)).not.toEqual(copyOf(pixels, 2));
  for (let seed = 0; seed < 20; seed += 1) {
    expect(copyOf(pixels, seed).every((each) => each >= 0 && each <= 1)).toBe(true);
  }
});

test("without changes of colour and noise a plain picture stays what it is", () => {
  const pixels = new Uint8Array(count).fill(102);
  const into = new Float32Array(count);
  const changes = { rotate: 30, crop: 0.4, colour: 0, noise: 0 };
  augmentPicture(pixels, size, into, seededRandom(4), changes);
  for (const each of into) expect(each).toBeCloseTo(0.4, 5);
});

test("about half of the copies are flipped", () => {
  // Bright on the left: a flip puts it to the right.
  const pixels = Uint8Array.from({ length: count }, (_, i) => (i % size.width < 10 ? 230 : 20));
  const changes = { rotate: 0, crop: 0, colour: 0, noise: 0 };
  const flips = Array.from({ length: 60 }, (_, seed) => {
    const into = new Float32Array(count);
    augmentPicture(pixels, size, into, seededRandom(seed), changes);
    return (into[0] as number) < 0.5;
  }).filter(Boolean).length;
  expect(flips).toBeGreaterThan(15);
  expect(flips).toBeLessThan(45);
});
