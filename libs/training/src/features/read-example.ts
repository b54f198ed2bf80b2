import { decodeAudio, fitPicture, resample } from "@plimsoll/inference";
import type { BackboneInput } from "../backbone/backbone.ts";

/** A sample as the backbone's input wants it, before copies are made of it. */
export type Example =
  | { readonly kind: "waveform"; readonly samples: Float32Array }
  /** uint8 `[3, height, width]`. */
  | { readonly kind: "picture"; readonly pixels: Uint8Array }
  | { readonly kind: "text"; readonly text: string };

/**
 * Decodes a sample's bytes with the code that serving uses.
 *
 * @throws InferenceError `E_INPUT` or `E_MEDIA` for bytes that are not what they should be.
 */
export async function readExample(bytes: Uint8Array, input: BackboneInput): Promise<Example> {
  switch (input.kind) {
    case "waveform": {
      const { samples } = resample(await decodeAudio(bytes), input.sampleRate);
      return { kind: "waveform", samples };
    }
    case "picture": {
      const { width, height } = input;
      const { rgb } = await fitPicture(bytes, { width, height, resize: "stretch" });
      return { kind: "picture", pixels: toPlanes(rgb, width * height) };
    }
    case "text":
      return {
        kind: "text",
        text: new TextDecoder("utf-8", { fatal: true }).decode(bytes),
      };
  }
}

/** Colours one after another instead of pixel by pixel. */
function toPlanes(rgb: Uint8Array, plane: number): Uint8Array {
  const pixels = new Uint8Array(plane * 3);
  for (let i = 0; i < plane; i += 1) {
    for (let c = 0; c < 3; c += 1) pixels[c * plane + i] = rgb[i * 3 + c] as number;
  }
  return pixels;
}
