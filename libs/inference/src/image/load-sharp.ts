import type sharpModule from "sharp";
import type { Sharp } from "sharp";
import { InferenceError } from "../error.ts";
import { readPictureHeader } from "./picture-header.ts";

/** Limits of a picture. */
export interface PictureLimits {
  /** Pixels, by the header, before anything is decoded (row V9). Default 25 million: 75 MB as RGB. */
  readonly maxPixels?: number;
}

export const pictureDefaults = { maxPixels: 25_000_000 } as const;

/** Opens a picture upright, in sRGB, without transparency (black behind it). sharp is loaded at the first call. */
export async function openPicture(
  bytes: Uint8Array,
  limits: PictureLimits = {},
): Promise<{ readonly picture: Sharp; readonly width: number; readonly height: number }> {
  const { maxPixels = pictureDefaults.maxPixels } = limits;
  const header = readPictureHeader(bytes);
  const pixels = header.width * header.height;
  if (pixels > maxPixels || pixels === 0) {
    const size = `${header.width} x ${header.height} pixels`;
    throw new InferenceError("E_INPUT", `the picture has ${size}; at most ${maxPixels} are taken`);
  }
  const sharp = await loadSharp();
  return readingPicture(async () => {
    const picture = sharp(bytes, { limitInputPixels: maxPixels, failOn: "error", pages: 1 });
    const { autoOrient } = await picture.metadata();
    const upright = picture.autoOrient().flatten({ background: "black" }).toColourspace("srgb");
    return { picture: upright, width: autoOrient.width, height: autoOrient.height };
  });
}

/** Runs what decodes, and says `E_INPUT` for what the decoder refuses. */
export async function readingPicture<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    const why = String((error as { message?: unknown }).message).replaceAll(/\s+/g, " ");
    throw new InferenceError("E_INPUT", `the picture cannot be decoded: ${why.slice(0, 200)}`, {
      cause: error,
    });
  }
}

async function loadSharp(): Promise<typeof sharpModule> {
  const { default: sharp } = await import("sharp");
  // One picture at a time per process: more threads and libvips's cache cost memory without a gain.
  sharp.cache(false);
  sharp.concurrency(1);
  return sharp;
}
