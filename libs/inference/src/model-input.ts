import type { NamedTensor } from "./tensor.ts";

/** What a prediction is asked for. Pictures and sounds travel encoded, as they were uploaded. */
export type ModelInput =
  | {
      readonly kind: "image";
      readonly bytes: Uint8Array;
      /** 0 to 1; the configured threshold where absent. */
      readonly confidence?: number;
    }
  | { readonly kind: "audio"; readonly bytes: Uint8Array }
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "tensors";
      readonly tensors: readonly NamedTensor[];
      /** Names of the outputs wanted; all where absent. */
      readonly outputs?: readonly string[];
    };
