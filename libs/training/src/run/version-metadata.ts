import { ngramDefaults } from "@plimsoll/inference";
import type { ModelInput, ModelMetadata } from "@plimsoll/manifest";
import type { Backbone, BackboneInput } from "../backbone/backbone.ts";
import type { Split } from "../dataset/split.ts";
import type { Metrics } from "../evaluate/metrics.ts";
import type { RunSettings } from "./settings.ts";

/** Metadata of a version before it was evaluated: what serving needs, and where it comes from. */
export function versionMetadata(
  settings: RunSettings,
  split: Split,
  backbone: Backbone,
  epochs: number,
): ModelMetadata {
  const counts = split.classes.map((name) => [
    name,
    settings.samples.filter((sample) => sample.class === name).length,
  ]);
  return {
    model_name: settings.model,
    task: settings.task,
    classes: split.classes,
    input: inputMetadata(backbone.input),
    training_date: (settings.now?.() ?? new Date()).toISOString(),
    dataset: {
      sha256: settings.dataset,
      samples: settings.samples.length,
      train: split.train.length,
      validation: split.validation.length,
      test: split.test.length,
      classes: Object.fromEntries(counts) as Record<string, number>,
    },
    training: {
      seed: settings.seed,
      head: settings.head,
      copies: settings.copies,
      epochs,
      hold_out: settings.holdOut,
      backbone: backbone.source,
      backbone_sha256: backbone.sha256,
      ...(settings.previous ? { previous: settings.previous.version } : {}),
      ...settings.lineage,
    },
  };
}

function inputMetadata(input: BackboneInput): ModelInput {
  switch (input.kind) {
    case "waveform":
      return { sample_rate: input.sampleRate, kind: "waveform" };
    case "picture": {
      const { width, height, layout } = input;
      return { width, height, layout, range: [0, 1], resize: "stretch" };
    }
    case "text":
      return { ngrams: [...ngramDefaults.lengths] };
  }
}

/** Metadata with what the evaluation found. */
export function withMetrics(metadata: ModelMetadata, metrics: Metrics): ModelMetadata {
  return {
    ...metadata,
    accuracy: metrics.accuracy,
    test_accuracy: metrics.accuracy,
    metrics: {
      accuracy: metrics.accuracy,
      macro_f1: metrics.macroF1,
      worst_recall: metrics.worstRecall,
      calibration_error: metrics.calibrationError,
      log_loss: metrics.logLoss,
      samples: metrics.samples,
    },
  };
}
