import { printable } from "@plimsoll/manifest";
import { PipelineError } from "../error.ts";
import { picturePixels } from "./picture-pixels.ts";
import { detectSampleType, type SampleKind, type SampleType } from "./sample-type.ts";
import { soundSeconds } from "./sound-seconds.ts";

/** Limits of one sample; every field has a default. */
export interface SampleLimits {
  /** Bytes of a sound; default 25 MiB. */
  readonly maxAudioBytes?: number;
  /** Bytes of a picture; default 20 MiB. */
  readonly maxImageBytes?: number;
  /** Bytes of a text; default 64 KiB. */
  readonly maxTextBytes?: number;
  /** Length of a sound; default 120. */
  readonly maxSeconds?: number;
  /** Width times height of a picture; default 50 million. */
  readonly maxPixels?: number;
}

export const sampleLimits = {
  maxAudioBytes: 25 * 1024 * 1024,
  maxImageBytes: 20 * 1024 * 1024,
  maxTextBytes: 64 * 1024,
  maxSeconds: 120,
  maxPixels: 50_000_000,
} as const satisfies Required<SampleLimits>;

/** What a sample turned out to be. */
export interface CheckedSample {
  readonly type: SampleType;
  readonly seconds?: number;
}

/**
 * Looks at a sample without decoding it: type by content, size, duration, pixels. `name` stands for it in messages.
 * Throws `E_MEDIA` for what is no sample of this kind, and `E_INPUT` for what is too large, too long or damaged.
 */
export function checkSample(
  bytes: Uint8Array,
  name: string,
  options: SampleLimits & { readonly kind?: SampleKind | undefined } = {},
): CheckedSample {
  const limits = { ...sampleLimits, ...options };
  const label = printable(name, 100);
  if (bytes.length === 0) throw new PipelineError("E_INPUT", `${label}: is empty`);
  const type = detectSampleType(bytes);
  if (type === undefined) {
    throw new PipelineError(
      "E_MEDIA",
      `${label}: its content is no sound (WAV, MP3, FLAC, OGG), picture (JPEG, PNG, WebP) or plain text; other formats are not taken`,
    );
  }
  if (options.kind !== undefined && options.kind !== type.kind) {
    throw new PipelineError(
      "E_MEDIA",
      `${label}: is ${type.kind} (${type.extension}), and this model learns from ${options.kind}`,
    );
  }
  const most = {
    audio: limits.maxAudioBytes,
    image: limits.maxImageBytes,
    text: limits.maxTextBytes,
  }[type.kind];
  if (bytes.length > most) {
    throw new PipelineError("E_INPUT", `${label}: has ${bytes.length} bytes, at most ${most}`);
  }
  if (type.kind === "image") {
    const pixels = picturePixels(bytes, type.extension);
    if (pixels === undefined || pixels === 0) {
      throw new PipelineError("E_INPUT", `${label}: its header gives no width and height`);
    }
    if (pixels > limits.maxPixels) {
      throw new PipelineError(
        "E_INPUT",
        `${label}: has ${pixels} pixels, at most ${limits.maxPixels}`,
      );
    }
    return { type };
  }
  if (type.kind === "text") return { type };
  const seconds = soundSeconds(bytes, type.extension);
  if (seconds === 0 || (seconds === undefined && type.extension === "wav")) {
    throw new PipelineError("E_INPUT", `${label}: holds no sound; save it as WAV again`);
  }
  if (seconds !== undefined && seconds > limits.maxSeconds) {
    throw new PipelineError(
      "E_INPUT",
      `${label}: lasts ${seconds.toFixed(1)} s, at most ${limits.maxSeconds}: cut it`,
    );
  }
  return { type, ...(seconds !== undefined && { seconds }) };
}
