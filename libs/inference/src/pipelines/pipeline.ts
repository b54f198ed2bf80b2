import type { ModelConfig } from "../model-config.ts";
import type { ModelInput } from "../model-input.ts";
import type { ModelOutput } from "../prediction.ts";
import type { NamedTensor } from "../tensor.ts";

/** What goes into the runtime for one input, and what its answer needs to be understood. */
export interface Prepared {
  /** One tensor for every input of the (first) model file. */
  readonly feeds: readonly NamedTensor[];
  /** Handed back to `finish` as it is; it may not outlive the process. */
  readonly state: unknown;
}

/** What stands around a model: an uploaded input becomes tensors, and tensors become an answer. */
export interface Pipeline {
  /** Kinds of input that it takes; `tensors` is always among them. */
  readonly accepts: readonly ModelInput["kind"][];
  /** @throws InferenceError `E_MEDIA` for a kind or file format it does not take, `E_INPUT` for content it cannot use. */
  prepare(input: ModelInput): Promise<Prepared>;
  /**
   * Thresholds, labels and categories are those of `config`, so that a change of it needs no reload.
   *
   * @throws InferenceError `E_OUTPUT` when the model gave numbers that are not finite, or of another shape than its own.
   */
  finish(
    outputs: readonly NamedTensor[],
    state: unknown,
    config: ModelConfig,
    input: ModelInput,
  ): ModelOutput;
}
