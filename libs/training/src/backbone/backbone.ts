import { encodeModel, type Model } from "@plimsoll/inference";
import { sha256 } from "@plimsoll/manifest";

/** What a backbone's model takes. */
export type BackboneInput =
  | {
      /** float32 `[samples]` or `[1, samples]`, mono, -1 to 1. */
      readonly kind: "waveform";
      readonly name: string;
      /** Hertz. */
      readonly sampleRate: number;
      /** Samples; absent: any number. */
      readonly length?: number;
      /** 1 or 2. */
      readonly rank: number;
    }
  | {
      /** float32 `[batch, 3, height, width]` or `[batch, height, width, 3]`, 0 to 1. */
      readonly kind: "picture";
      readonly name: string;
      readonly width: number;
      readonly height: number;
      readonly layout: "NCHW" | "NHWC";
    }
  | {
      /** float32 `[1, size]` of hashed n-grams: the features themselves. */
      readonly kind: "text";
      readonly name: string;
      readonly size: number;
    };

/** What is known of a backbone besides its graph. */
export interface BackboneFacts {
  readonly input: BackboneInput;
  /** Numbers per row of features. */
  readonly width: number;
  /** Where it came from: words for the metadata. */
  readonly source: string;
}

/** A frozen model from an input as it is served to features. */
export interface Backbone extends BackboneFacts {
  /** Its one output is `features`, `[batch, width]`; a waveform gives one row. */
  readonly model: Model;
  /** Of the model's bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** Key of the facts among a model's metadata. */
export const factsKey = "plimsoll_backbone";

/** A backbone with its digest; the facts travel in the model. */
export function backbone(parts: BackboneFacts & { readonly model: Model }): Backbone {
  const { input, width, source } = parts;
  const facts: BackboneFacts = { input, width, source };
  const model: Model = {
    ...parts.model,
    metadataProps: [{ key: factsKey, value: JSON.stringify(facts) }],
  };
  return { ...facts, model, sha256: sha256(encodeModel(model)) };
}
