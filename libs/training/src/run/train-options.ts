import type { ModelFiles } from "@plimsoll/inference";
import type { Sample } from "../dataset/sample.ts";
import type { TrainProgress } from "./progress.ts";

/** What a model learns to tell apart. */
export type TrainingTask = "audio-classification" | "image-classification" | "text-classification";

/** A frozen model whose output becomes the features. */
export interface BackboneSource {
  /** Absolute, an `.onnx` file. */
  readonly path: string;
  /** Name of the input to feed; found by shape where absent. */
  readonly input?: string;
  /** Name of the output to take; found by shape where absent. */
  readonly output?: string;
  /** For pictures: what is taken off each colour, 0 to 1. Default ImageNet's, or 0.5 where channels come last. */
  readonly mean?: readonly number[];
  /** For pictures: by what each colour is divided then. */
  readonly deviation?: readonly number[];
}

/** What `trainModel` takes. Defaults in `trainModelDefaults`. */
export interface TrainModelOptions {
  /** Name of the model, for its card and its metadata. */
  readonly model: string;
  readonly task: TrainingTask;
  readonly samples: readonly Sample[];
  /** Where the version's files are written: `model.onnx`, `backbone-<sha16>.bin`, `metadata.json`, `metrics.json`, … */
  readonly outDir: string;
  /** Holds what finished stages left, so that a second call with the same options goes on after the last one. */
  readonly workDir: string;
  /** Features by digest; may be shared between runs and models. Default: a folder in `workDir`. */
  readonly featureCacheDir?: string;
  /** Absent: the one of `previous` where it has one of ours, else one that is built in. */
  readonly backbone?: BackboneSource;
  /**
   * `softmax` and `mlp` are trained on the backbone's features, `convnet` is a small network of its own, for pictures.
   * Default `softmax`; for pictures `convnet` where no backbone is named.
   * `softmax` on a previous version that is a convnet keeps its layers and trains the last one alone.
   */
  readonly head?: "softmax" | "mlp" | "convnet";
  /** Rows made of one original of the training side, itself included; default 6. */
  readonly copies?: number;
  /** At most; default 60 for heads and 40 for the convnet. */
  readonly epochs?: number;
  /** Epochs without a better loss on the validation rows after which training ends; default 8. */
  readonly patience?: number;
  /** The same seed, samples and options give the same split, copies and start; default 1. */
  readonly seed?: number;
  /** Share of originals kept for evaluation, 0 to below 1; default 0.2. */
  readonly holdOut?: number;
  /** Version that serves now, to compare with on the same split. */
  readonly previous?: ModelFiles;
  /** What a gate asks for. */
  readonly gate?: GateOptions;
  /** Written to the metadata's `dataset` beside what the run knows of itself: a commit, the reason of the run. */
  readonly lineage?: Readonly<Record<string, string | number>>;
  /** Threads of the convnet's training; default 1. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
  readonly now?: () => Date;
}

/** What a version must reach on the held-out originals. Shares from 0 to 1. */
export interface GateOptions {
  /** Default 0: none. */
  readonly minAccuracy?: number;
  readonly minMacroF1?: number;
  /** How far macro-F1 may fall below the previous version's; default 0.02. */
  readonly maxMacroF1Drop?: number;
  /** How far the worst class's recall may fall below the previous version's worst; default 0.1. */
  readonly maxWorstRecallDrop?: number;
}
