import { openPicture, type PictureLimits, readingPicture } from "./load-sharp.ts";

/** A picture's pixels: rows from the top, red, green and blue of each pixel, 0 to 255. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  /** `width · height · 3` bytes. */
  readonly rgb: Uint8Array;
}

/**
 * Decodes a JPEG, PNG or still WebP in its own size, turned upright as its EXIF data says.
 *
 * @throws InferenceError `E_MEDIA` for another format, `E_INPUT` for a damaged or too large picture.
 */
export async function decodePicture(
  bytes: Uint8Array,
  limits?: PictureLimits,
): Promise<RgbPicture> {
  const { picture } = await openPicture(bytes, limits);
  const { data, info } = await readingPicture(() =>
    picture.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true }),
  );
  return { width: info.width, height: info.height, rgb: data };
}
