import type { ModelFile, ModelFiles } from "@plimsoll/inference";
import type { ModelMetadata } from "@plimsoll/manifest";
import type { Problem } from "../dataset/problem.ts";
import type { Metrics } from "../evaluate/metrics.ts";
import type { GateResult } from "../evaluate/gate.ts";

/** One epoch of a training. */
export interface EpochFigures {
  /** From 1. */
  readonly epoch: number;
  /** Mean cross-entropy in nats over the training rows. */
  readonly loss: number;
  readonly validationLoss?: number;
  /** 0 to 1. */
  readonly validationAccuracy?: number;
}

/** What `trainModel` gives: a version that can be published. */
export interface TrainedModel {
  /** Weights of the version, as `openModels` loads them: the `.onnx` file first. */
  readonly files: readonly ModelFile[];
  /** `metadata.json`, `metrics.json`, `model-card.md` and the plots, absolute paths in `outDir`. */
  readonly documents: readonly string[];
  /** The weights with their metadata. */
  readonly version: ModelFiles;
  readonly metadata: ModelMetadata;
  /** On the held-out originals, through the exported files. */
  readonly metrics: Metrics;
  /** The previous version on the same originals, where one was given and could answer. */
  readonly previousMetrics?: Metrics;
  readonly gate: GateResult;
  /** Rows: true class; columns: answered class, in the order of `metadata.classes`. */
  readonly confusion: readonly (readonly number[])[];
  readonly curves: readonly EpochFigures[];
  readonly problems: readonly Problem[];
  /** Seconds by stage, as far as this call did them. */
  readonly seconds: Readonly<Record<string, number>>;
}
