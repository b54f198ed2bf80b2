/** What a sample is learned as. */
export type SampleKind = "audio" | "image" | "text";

/** A format of samples. All are parsed by fixed readers: none can hold code (row V19). */
export interface SampleType {
  readonly kind: SampleKind;
  /** Extension of the stored name, without a dot. */
  readonly extension: "wav" | "mp3" | "flac" | "ogg" | "jpg" | "png" | "webp" | "txt";
  readonly mediaType: string;
}

const types = {
  wav: { kind: "audio", extension: "wav", mediaType: "audio/wav" },
  mp3: { kind: "audio", extension: "mp3", mediaType: "audio/mpeg" },
  flac: { kind: "audio", extension: "flac", mediaType: "audio/flac" },
  ogg: { kind: "audio", extension: "ogg", mediaType: "audio/ogg" },
  jpg: { kind: "image", extension: "jpg", mediaType: "image/jpeg" },
  png: { kind: "image", extension: "png", mediaType: "image/png" },
  webp: { kind: "image", extension: "webp", mediaType: "image/webp" },
  txt: { kind: "text", extension: "txt", mediaType: "text/plain; charset=utf-8" },
} as const satisfies Record<string, SampleType>;

/** The type that an extension stands for: of a name that this room made, or of an original that was put there by hand. */
export function typeOfName(name: string): SampleType | undefined {
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const key = extension === "jpeg" ? "jpg" : extension;
  return Object.hasOwn(types, key) ? types[key as keyof typeof types] : undefined;
}

/**
 * What the bytes are, by their own first bytes and never by a name: RIFF/WAVE, FLAC, Ogg, MP3 (ID3v2 or a frame's sync
 * word of layer III), JPEG, PNG, WebP, else text where all of it is UTF-8 without control characters. Undefined for
 * everything else: archives, pickles, npz, HDF5, executables.
 */
export function detectSampleType(bytes: Uint8Array): SampleType | undefined {
  const ascii = (start: number, end: number): string =>
    String.fromCharCode(...bytes.subarray(start, end));
  const container = ascii(0, 4) === "RIFF" ? ascii(8, 12) : "";
  if (container === "WAVE") return types.wav;
  if (container === "WEBP") return types.webp;
  if (ascii(0, 4) === "fLaC") return types.flac;
  if (ascii(0, 4) === "OggS") return types.ogg;
  if (ascii(0, 3) === "ID3" || isMp3Frame(bytes)) return types.mp3;
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return types.jpg;
  if (ascii(0, 8) === "\x89PNG\r\n\x1a\n") return types.png;
  return isText(bytes) ? types.txt : undefined;
}

/** ISO 11172-3, section 2.4.1.3: eleven set bits, a version and layer III, no reserved bit rate or sampling rate. */
function isMp3Frame(bytes: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = bytes;
  const isLayer3 = first === 0xff && (second & 0xe6) === 0xe2 && (second & 0x18) !== 0x08;
  return isLayer3 && third >> 4 !== 0xf && third >> 4 !== 0 && (third & 0x0c) !== 0x0c;
}

function isText(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // Controls other than tab and line ends do not occur in text; the first kilobytes tell.
    return text.trim() !== "" && !/[^\P{Cc}\t\r\n\f]/u.test(text.slice(0, 65_536));
  } catch {
    return false;
  }
}
