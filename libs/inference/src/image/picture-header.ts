import { InferenceError } from "../error.ts";

/** What the first bytes of a picture say, before a decoder has seen it. */
export interface PictureHeader {
  readonly format: "jpeg" | "png" | "webp";
  /** Pixels as stored, before EXIF rotation. */
  readonly width: number;
  readonly height: number;
}

/**
 * Format and size of a JPEG, PNG or still WebP, by their magic bytes alone: a name or a MIME type is not asked, and
 * nothing else is taken (SVG can name files of this machine, GIF and animations hold any number of frames).
 *
 * Formats: ITU-T T.81 B.1.1, PNG (W3C) 11.2.2, RFC 9649.
 *
 * @throws InferenceError `E_MEDIA` for any other format, `E_INPUT` for a header that is cut off.
 */
export function readPictureHeader(bytes: Uint8Array): PictureHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (startsWith(bytes, 0, [0xff, 0xd8, 0xff])) return { format: "jpeg", ...jpegSize(view) };
    if (startsWith(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) {
      return { format: "png", width: view.getUint32(16), height: view.getUint32(20) };
    }
    if (startsWith(bytes, 0, RIFF) && startsWith(bytes, 8, WEBP)) {
      return { format: "webp", ...webpSize(view, bytes) };
    }
  } catch (error) {
    if (error instanceof InferenceError) throw error;
    throw new InferenceError("E_INPUT", "the picture's header is cut off", { cause: error });
  }
  throw new InferenceError("E_MEDIA", "the picture is no JPEG, PNG or still WebP");
}

const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];
const WEBP_ANIMATION = 0x02;

const startsWith = (bytes: Uint8Array, at: number, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[at + index] === byte);

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Walks the segments up to the frame header (SOF0 to SOF15 without DHT, JPG and DAC). */
function jpegSize(view: DataView): Size {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) throw new InferenceError("E_INPUT", "the JPEG is damaged");
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
    } else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
    } else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    } else {
      const length = view.getUint16(at + 2);
      if (marker === 0xd9 || marker === 0xda || length < 2) {
        throw new InferenceError("E_INPUT", "the JPEG has no frame header");
      }
      at += 2 + length;
    }
  }
}

function webpSize(view: DataView, bytes: Uint8Array): Size {
  const kind = String.fromCharCode(...bytes.subarray(12, 16));
  if (kind === "VP8 ") {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (kind === "VP8L") {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind !== "VP8X") throw new InferenceError("E_INPUT", "the WebP is damaged");
  if ((view.getUint8(20) & WEBP_ANIMATION) !== 0) {
    throw new InferenceError("E_MEDIA", "the WebP is an animation: send a still picture");
  }
  const low24 = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536;
  return { width: low24(24) + 1, height: low24(27) + 1 };
}
