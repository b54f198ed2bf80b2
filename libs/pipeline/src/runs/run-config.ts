/** How a model is retrained: recorded with every run. All but the task have defaults. */
export interface RunConfig {
  /** Default: what the samples are. */
  readonly task?: "audio-classification" | "image-classification" | "text-classification";
  readonly head?: "softmax" | "mlp" | "convnet";
  /** A frozen model whose output becomes the features; its `path` is one on the worker. */
  readonly backbone?: { readonly path: string; readonly input?: string; readonly output?: string };
  /** Rows made of one original, itself included. */
  readonly copies?: number;
  readonly epochs?: number;
  readonly patience?: number;
  /** Share of originals kept for evaluation. */
  readonly holdOut?: number;
  readonly seed?: number;
  /** Fewest originals; default 10. */
  readonly minSamples?: number;
  /** Fewest originals that the last run had not; default 0. */
  readonly minNewSamples?: number;
  /** What a version must reach before it is published. */
  readonly gate?: {
    readonly minAccuracy?: number;
    readonly minMacroF1?: number;
    readonly maxMacroF1Drop?: number;
    readonly maxWorstRecallDrop?: number;
  };
  /** Channel that a new version goes to; default `staging`. */
  readonly channel?: string;
  /** Channel that it goes to when the gates let it; default none: a person promotes. */
  readonly promoteTo?: string;
  /** Conditions for that, as `plimsoll promote --require` takes them. */
  readonly require?: readonly string[];
  /** Comparisons for that, as `plimsoll promote --not-worse-than` takes them. */
  readonly notWorseThan?: readonly string[];
  /** Version that the new one is compared with and continues: the channel that names it; default `production`. */
  readonly parentChannel?: string;
}

export const runDefaults = {
  minSamples: 10,
  minNewSamples: 0,
  seed: 1,
  channel: "staging",
  parentChannel: "production",
} as const satisfies RunConfig;
