import type { NamedTensor } from "./tensor.ts";

/** An object found in a picture; the box is in pixels of the original picture, after EXIF rotation. */
export interface Detection {
  readonly class: string;
  readonly classId: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly box: {
    readonly x1: number;
    readonly y1: number;
    readonly x2: number;
    readonly y2: number;
  };
}

/** What a model answered, before it is put into the words of a route. */
export type ModelOutput =
  | {
      readonly kind: "detections";
      readonly detections: readonly Detection[];
      /** Pixels of the original picture. */
      readonly image: { readonly width: number; readonly height: number };
    }
  | {
      readonly kind: "classification";
      readonly predictedClass: string;
      /** 0 to 1. */
      readonly confidence: number;
      /** By class, in the order of the classes. */
      readonly probabilities: Readonly<Record<string, number>>;
    }
  | { readonly kind: "tensors"; readonly tensors: readonly NamedTensor[] };

/** One answer, from exactly one version. */
export interface Prediction {
  readonly model: string;
  readonly version: string;
  /** SHA-256 of the version's main file. */
  readonly digest: string;
  readonly output: ModelOutput;
  /** Milliseconds from the request's arrival to its answer, the queue included. */
  readonly durationMs: number;
  /** Milliseconds that it waited in the queue. */
  readonly queuedMs: number;
}
