import { InferenceError } from "../error.ts";
import { type AudioClip, type AudioLimits, checkAudio } from "./audio-clip.ts";

interface Format {
  readonly isFloat: boolean;
  readonly channels: number;
  readonly sampleRate: number;
  /** Bytes of one sample of one channel. */
  readonly size: number;
}

const PCM = 1;
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/**
 * Decodes a RIFF/WAVE file: PCM of 8, 16, 24 and 32 bits, floats of 32 and 64, plain or as WAVE_FORMAT_EXTENSIBLE. A data
 * chunk whose length is 0, or longer than the file, ends with the file, as recorders that stream leave it.
 *
 * Format: Multimedia Programming Interface and Data Specifications 1.0, Microsoft's `mmreg.h`.
 *
 * @throws InferenceError `E_INPUT` for another encoding, a damaged file, or a sound beyond the limits.
 */
export function decodeWav(bytes: Uint8Array, limits: AudioLimits = {}): AudioClip {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.byteLength;) {
    const id = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    const left = bytes.byteLength - start;
    if (id === "fmt ") {
      if (length < 16 || length > left) throw damaged("its format chunk is cut off");
      format = readFormat(view, start, length);
    } else if (id === "data") {
      if (format === undefined) throw damaged("no format before the samples");
      const size = length === 0 || length > left ? left : length;
      return readSamples(view, start, size, format, limits);
    }
    // Chunks are padded to an even length.
    at = start + length + (length % 2);
  }
  throw damaged("no samples in it");
}

const damaged = (why: string): InferenceError =>
  new InferenceError("E_INPUT", `the WAV file cannot be used: ${why}`);

function readFormat(view: DataView, at: number, length: number): Format {
  const tag = view.getUint16(at, true);
  // The sub-format's GUID begins with the plain tag.
  const kind = tag === EXTENSIBLE && length >= 40 ? view.getUint16(at + 24, true) : tag;
  const channels = view.getUint16(at + 2, true);
  const bits = view.getUint16(at + 14, true);
  const isFloat = kind === IEEE_FLOAT;
  const supported = isFloat ? [32, 64] : kind === PCM ? [8, 16, 24, 32] : [];
  if (!supported.includes(bits)) throw damaged(`encoding ${kind} with ${bits} bits`);
  const block = view.getUint16(at + 12, true);
  if (block !== channels * (bits / 8)) throw damaged(`blocks of ${block} bytes`);
  return { isFloat, channels, sampleRate: view.getUint32(at + 4, true), size: bits / 8 };
}

function readSamples(
  view: DataView,
  start: number,
  length: number,
  format: Format,
  limits: AudioLimits,
): AudioClip {
  const { channels, sampleRate, size } = format;
  const block = channels * size;
  const count = block === 0 ? 0 : Math.floor(length / block);
  checkAudio({ sampleRate, channels, samples: count }, limits);
  const read = reader(view, format);
  const samples = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    let sum = 0;
    const at = start + index * block;
    for (let channel = 0; channel < channels; channel += 1) sum += read(at + channel * size);
    samples[index] = sum / channels;
  }
  if (!samples.every(Number.isFinite)) throw damaged("a sample is not finite");
  return { sampleRate, samples };
}

function reader(view: DataView, { isFloat, size }: Format): (at: number) => number {
  if (isFloat && size === 4) return (at) => view.getFloat32(at, true);
  if (isFloat) return (at) => view.getFloat64(at, true);
  if (size === 1) return (at) => (view.getUint8(at) - 128) / 128;
  if (size === 2) return (at) => view.getInt16(at, true) / 32_768;
  if (size === 4) return (at) => view.getInt32(at, true) / 2_147_483_648;
  return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608;
}
