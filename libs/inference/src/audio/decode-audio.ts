import { InferenceError } from "../error.ts";
import {
  type AudioClip,
  audioDefaults,
  type AudioLimits,
  checkAudio,
  mixDown,
} from "./audio-clip.ts";
import { type CompressedDecoder, type DecodedPiece, openCompressed } from "./compressed-decoder.ts";
import { decodeWav } from "./decode-wav.ts";

/**
 * Bytes given to a decoder at once. A FLAC frame of silence is 12 bytes for 65,535 samples, so that a piece of a hostile
 * file may become 90 MB before its length is looked at; no more.
 */
const PIECE_BYTES = 4096;

/** Places at which a file may be damaged and is decoded all the same. */
const MAX_ERRORS = 8;

/**
 * Decodes a WAV, MP3, FLAC or Ogg Vorbis file to one channel in its own sample rate, by its magic bytes alone.
 *
 * @throws InferenceError `E_MEDIA` for another format, `E_INPUT` for a damaged, empty, too large or too long sound.
 */
export async function decodeAudio(bytes: Uint8Array, limits: AudioLimits = {}): Promise<AudioClip> {
  const { maxBytes = audioDefaults.maxBytes } = limits;
  if (bytes.byteLength > maxBytes) {
    throw new InferenceError(
      "E_INPUT",
      `the sound has ${bytes.byteLength} bytes; at most ${maxBytes} are taken`,
    );
  }
  const format = audioFormat(bytes);
  if (format === undefined) {
    throw new InferenceError("E_MEDIA", "the sound is no WAV, MP3, FLAC or Ogg Vorbis");
  }
  const clip =
    format === "wav" ? decodeWav(bytes, limits) : await decodeCompressed(bytes, format, limits);
  if (clip.samples.length > 0) return clip;
  throw new InferenceError("E_INPUT", "the sound is empty");
}

/** The format that the first bytes say; undefined: none that is taken. */
export function audioFormat(bytes: Uint8Array): "wav" | "mp3" | "flac" | "ogg" | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WAVE") return "wav";
  if (head.startsWith("fLaC")) return "flac";
  if (head.startsWith("OggS")) return head.includes("\u0001vorbis") ? "ogg" : undefined;
  if (head.startsWith("ID3")) return "mp3";
  const [first = 0, second = 0] = bytes;
  // A frame's sync word, of a layer that exists; 0xfff0 with layer 0 would be AAC.
  return first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0 ? "mp3" : undefined;
}

async function decodeCompressed(
  bytes: Uint8Array,
  format: "mp3" | "flac" | "ogg",
  limits: AudioLimits,
): Promise<AudioClip> {
  const decoder = await openCompressed(format);
  try {
    return await gather(decoder, bytes, limits);
  } catch (error) {
    if (error instanceof InferenceError) throw error;
    throw new InferenceError("E_INPUT", "the sound cannot be decoded", { cause: error });
  } finally {
    decoder.free();
  }
}

async function gather(
  decoder: CompressedDecoder,
  bytes: Uint8Array,
  limits: AudioLimits,
): Promise<AudioClip> {
  const pieces: Float32Array[] = [];
  let sampleRate = 0;
  let samples = 0;
  const errors: string[] = [];
  const refuse = (): InferenceError =>
    new InferenceError(
      "E_INPUT",
      `the sound is damaged: ${[...new Set(errors)].join(", ").slice(0, 200)}`,
    );
  const add = (piece: DecodedPiece): void => {
    errors.push(...piece.errors.map(({ message }) => message));
    if (errors.length > MAX_ERRORS) throw refuse();
    if (piece.samplesDecoded === 0) return;
    sampleRate ||= piece.sampleRate;
    samples += piece.samplesDecoded;
    checkAudio({ sampleRate, channels: piece.channelData.length, samples }, limits);
    pieces.push(mixDown(piece.channelData).subarray(0, piece.samplesDecoded));
  };
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) {
    add(await decoder.decode(bytes.subarray(at, at + PIECE_BYTES)));
  }
  if (decoder.flush !== undefined) add(await decoder.flush());
  if (samples === 0 && errors.length > 0) throw refuse();
  const all = new Float32Array(samples);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return { sampleRate, samples: all };
}
