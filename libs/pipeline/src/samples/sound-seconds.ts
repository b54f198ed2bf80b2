const at = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Seconds of a sound as its own headers say, without decoding it; undefined where they do not say. WAVE: bytes of `data`
 * through the byte rate of `fmt `. FLAC: STREAMINFO. Ogg: granule position of the last page through the rate of Vorbis or
 * Opus. MP3: bytes through the bit rate of the first frame, which is exact for a constant one.
 */
export function soundSeconds(bytes: Uint8Array, extension: string): number | undefined {
  if (extension === "wav") return waveSeconds(bytes);
  if (extension === "flac") return flacSeconds(bytes);
  if (extension === "ogg") return oggSeconds(bytes);
  return extension === "mp3" ? mp3Seconds(bytes) : undefined;
}

const chunkName = (bytes: Uint8Array, start: number): string =>
  String.fromCharCode(...bytes.subarray(start, start + 4));

function waveSeconds(bytes: Uint8Array): number | undefined {
  const view = at(bytes);
  let byteRate = 0;
  for (let offset = 12; offset + 8 <= bytes.length;) {
    const size = view.getUint32(offset + 4, true);
    const name = chunkName(bytes, offset);
    if (name === "fmt " && offset + 20 <= bytes.length)
      byteRate = view.getUint32(offset + 16, true);
    if (name === "data") {
      const present = Math.min(size, bytes.length - offset - 8);
      return byteRate > 0 ? present / byteRate : undefined;
    }
    offset += 8 + size + (size % 2);
  }
  return undefined;
}

/** RFC 9639, section 8.2: 20 bits of rate at byte 18 of the stream, 36 bits of samples in the last four bits of byte 21 on. */
function flacSeconds(bytes: Uint8Array): number | undefined {
  if (bytes.length < 26) return undefined;
  const view = at(bytes);
  const rate = view.getUint32(18) >>> 12;
  const samples = (view.getUint8(21) & 0xf) * 2 ** 32 + view.getUint32(22);
  return rate > 0 && samples > 0 ? samples / rate : undefined;
}

/** RFC 3533, section 6; the first page holds the codec's header with its rate, and Opus always counts at 48 kHz. */
function oggSeconds(bytes: Uint8Array): number | undefined {
  const view = at(bytes);
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  const vorbis = head.indexOf("\x01vorbis");
  const rate =
    vorbis > 0 ? view.getUint32(vorbis + 12, true) : head.includes("OpusHead") ? 48_000 : 0;
  for (let offset = bytes.length - 14; offset >= 0 && rate > 0; offset--) {
    if (bytes[offset] === 0x4f && chunkName(bytes, offset) === "OggS") {
      const samples = Number(view.getBigInt64(offset + 6, true));
      return samples > 0 ? samples / rate : undefined;
    }
  }
  return undefined;
}

const bitRates = {
  mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;

function mp3Seconds(bytes: Uint8Array): number | undefined {
  let offset = 0;
  if (chunkName(bytes, 0).startsWith("ID3") && bytes.length > 10) {
    // ID3v2: four bytes of seven bits each.
    offset = 10 + [6, 7, 8, 9].reduce((size, index) => size * 128 + ((bytes[index] ?? 0) & 127), 0);
  }
  const [second = 0, third = 0] = bytes.subarray(offset + 1, offset + 3);
  if (bytes[offset] !== 0xff) return undefined;
  const table = (second & 0x18) === 0x18 ? bitRates.mpeg1 : bitRates.mpeg2;
  const kilobits = table[third >> 4] ?? 0;
  return kilobits > 0 ? ((bytes.length - offset) * 8) / (kilobits * 1000) : undefined;
}
