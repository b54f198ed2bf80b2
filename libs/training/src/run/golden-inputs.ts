import { decodeAudio, type ModelInput, resample } from "@plimsoll/inference";
import { readFile } from "node:fs/promises";
import type { Sample } from "../dataset/sample.ts";
import type { TrainingTask } from "./train-options.ts";

/** Metadata travels with every sync: golden inputs stay small. */
const goldenSettings = {
  inputs: 2,
  maxTextCharacters: 400,
  sampleRate: 8_000,
  samples: 4_000,
  side: 96,
} as const;

/**
 * A few small inputs from held-out samples, whose answers are recorded with the version: half a second of sound, a
 * picture of 96 pixels, a short text. Fewer where samples cannot be read.
 */
export async function goldenInputs(
  task: TrainingTask,
  samples: readonly Sample[],
): Promise<readonly ModelInput[]> {
  const found: ModelInput[] = [];
  for (const { path } of samples.slice(0, 20)) {
    if (found.length >= goldenSettings.inputs) break;
    const input = await readFile(path)
      .then((bytes) => smallInput(task, bytes))
      .catch(() => undefined);
    if (input) found.push(input);
  }
  return found;
}

async function smallInput(task: TrainingTask, bytes: Uint8Array): Promise<ModelInput | undefined> {
  const { sampleRate, samples, side, maxTextCharacters } = goldenSettings;
  switch (task) {
    case "text-classification": {
      const text = new TextDecoder().decode(bytes).slice(0, maxTextCharacters).trim();
      return text === "" ? undefined : { kind: "text", text };
    }
    case "audio-classification": {
      const clip = resample(await decodeAudio(bytes), sampleRate);
      return { kind: "audio", bytes: wav(clip.samples.subarray(0, samples), sampleRate) };
    }
    case "image-classification": {
      const { default: sharp } = await import("sharp");
      const small = await sharp(bytes)
        .autoOrient()
        .flatten()
        .resize(side, side, { fit: "fill" })
        .png({ palette: true, colours: 32 })
        .toBuffer();
      return { kind: "image", bytes: new Uint8Array(small) };
    }
  }
}

/** A WAV file of 16-bit PCM with one channel. Format: RIFF, "Multimedia Programming Interface" 1.0. */
function wav(samples: Float32Array, sampleRate: number): Uint8Array {
  const bytes = new Uint8Array(44 + samples.length * 2);
  const view = new DataView(bytes.buffer);
  const word = (at: number, letters: string): void => {
    for (let i = 0; i < 4; i += 1) view.setUint8(at + i, letters.charCodeAt(i));
  };
  word(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  word(8, "WAVE");
  word(12, "fmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((each, i) => {
    view.setInt16(44 + i * 2, Math.round(Math.min(Math.max(each, -1), 1) * 32_767), true);
  });
  return bytes;
}
