import { readPictureHeader } from "@plimsoll/inference";
import { ServerError } from "../error.ts";

export type MediaKind = "image" | "audio";

const startsWith = (bytes: Uint8Array, magic: string, at = 0): boolean =>
  [...magic].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));

function kindOf(bytes: Uint8Array): MediaKind | undefined {
  if (startsWith(bytes, "\x89PNG\r\n\x1a\n") || startsWith(bytes, "\xff\xd8\xff")) return "image";
  if (startsWith(bytes, "RIFF")) {
    if (startsWith(bytes, "WEBP", 8)) return "image";
    return startsWith(bytes, "WAVE", 8) ? "audio" : undefined;
  }
  if (startsWith(bytes, "fLaC") || startsWith(bytes, "OggS") || startsWith(bytes, "ID3")) {
    return "audio";
  }
  // MPEG audio: eleven bits of sync, no reserved version, layer III, no reserved bit rate.
  const [first = 0, second = 0, third = 0] = bytes;
  const isMpeg = first === 0xff && (second & 0xe6) === 0xe2 && (second & 0x18) !== 0x08;
  return isMpeg && third >>> 4 !== 15 ? "audio" : undefined;
}

/**
 * Picture or sound, by the first bytes; what the client calls it does not count. JPEG, PNG, WebP, WAV, MP3, FLAC and Ogg
 * are taken.
 *
 * @throws ServerError 415 `E_MEDIA` for anything else, 422 `E_INPUT` for a picture with too many pixels, as its header
 * says: nothing of it is decoded. A header that is cut off or of an animation is an InferenceError with these codes.
 */
export function mediaKind(bytes: Uint8Array, maxPixels: number): MediaKind {
  const kind = kindOf(bytes);
  if (kind === undefined) {
    throw new ServerError(
      "E_MEDIA",
      415,
      "not a picture or sound that is taken: send JPEG, PNG, WebP, WAV, MP3, FLAC or Ogg",
    );
  }
  const size = kind === "image" ? readPictureHeader(bytes) : undefined;
  if (size !== undefined && size.width * size.height > maxPixels) {
    throw new ServerError(
      "E_INPUT",
      422,
      `a picture of ${size.width} × ${size.height} pixels: at most ${maxPixels} are taken`,
    );
  }
  return kind;
}
