/**
 * Stages of a run, in order. `features` decodes a sample, changes copies of it and embeds them, sample by sample; the
 * convolutional net has `decode` in its place, and changes copies while it trains.
 */
export type Stage = "decode" | "features" | "train" | "export" | "evaluate";

/** How far a stage is. */
export interface TrainProgress {
  readonly stage: Stage;
  /** Samples, epochs or steps of `total`. */
  readonly done: number;
  readonly total: number;
  /** From 1, with `train`. */
  readonly epoch?: number;
  /** Mean of the epoch, nats. */
  readonly loss?: number;
  /** 0 to 1, on the rows kept for early stopping. */
  readonly accuracy?: number;
}
