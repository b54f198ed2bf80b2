import type { ModelInput } from "../model-input.ts";
import type { ModelOutput } from "../prediction.ts";

/** How far an answer may be from the recorded one. */
export interface GoldenTolerance {
  /** Of numbers and probabilities. Default 0.001. */
  readonly absolute: number;
  /** Of numbers, times their magnitude. Default 0.001. */
  readonly relative: number;
  /** Of the edges of boxes, in pixels. Default 2. */
  readonly pixels: number;
}

/** Inputs with the outputs that a right model gives: `golden` of a model's metadata, read. */
export interface Golden {
  readonly tolerance: GoldenTolerance;
  readonly cases: readonly { readonly input: ModelInput; readonly output: ModelOutput }[];
}

export const goldenTolerance: GoldenTolerance = { absolute: 0.001, relative: 0.001, pixels: 2 };
