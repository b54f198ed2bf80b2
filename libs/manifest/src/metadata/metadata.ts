import type { JsonObject, JsonValue } from "../json/json.ts";

/** What a model is for: decides how it is served. */
export type Task =
  | "object-detection"
  | "image-classification"
  | "audio-classification"
  | "text-classification"
  | "tensor";

export const tasks: readonly Task[] = [
  "object-detection",
  "image-classification",
  "audio-classification",
  "text-classification",
  "tensor",
];

/** How a picture or a sound becomes the model's input tensor. */
export interface ModelInput {
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly layout?: "NCHW" | "NHWC";
  /** What black and white become, e.g. `[0, 1]`. */
  readonly range?: readonly [number, number];
  /** Per channel, in `range`. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly resize?: "stretch" | "letterbox" | "crop";
  /** Hertz. */
  readonly sample_rate?: number;
  /** Seconds. */
  readonly duration?: number;
  readonly kind?: "waveform" | "mel";
  readonly [other: string]: JsonValue;
}

/** Metadata of a model: `metadata` of a manifest and `models/<model>/metadata.json`. What is missing is not known yet. */
export interface ModelMetadata {
  /** The release it describes. */
  readonly version?: string;
  /** ISO 8601, UTC. */
  readonly uploaded_at?: string;
  /** 0 to 1. */
  readonly accuracy?: number;
  /** MiB. */
  readonly file_size_mb?: number;
  /** Of the weight file, 64 lower-case hex digits. */
  readonly sha256?: string;
  readonly task?: Task;
  /** By index of the model's output. */
  readonly classes?: readonly string[];
  readonly input?: ModelInput;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly dataset?: JsonObject;
  /** Inputs with the outputs that a right model gives. */
  readonly golden?: JsonObject;
  /** As the training wrote it, if it did. */
  readonly model_name?: string;
  readonly training_date?: string;
  readonly [other: string]: JsonValue;
}
