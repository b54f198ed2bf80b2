import type { InferenceErrorCode } from "../error.ts";
import type { ModelConfig } from "../model-config.ts";
import type { ModelFile, ModelFiles } from "../model-files.ts";
import type { ModelInput } from "../model-input.ts";
import type { ModelOutput } from "../prediction.ts";
import type { TensorInfo } from "../tensor.ts";
import type { BatchSettings, SessionSettings } from "../settings.ts";

/** What the parent says to a child. One request is under way at a time; `config` is not answered. */
export type ChildRequest =
  | {
      readonly type: "load";
      readonly files: ModelFiles;
      readonly config: ModelConfig;
      readonly session: SessionSettings;
      readonly batching: BatchSettings;
    }
  | { readonly type: "config"; readonly config: ModelConfig }
  | {
      readonly type: "externalize";
      readonly main: ModelFile;
      /** Absolute path of the folder to write into. */
      readonly dir: string;
      readonly minBytes: number;
    }
  | { readonly type: "run"; readonly jobs: readonly ChildJob[] };

/** One prediction of a batch. */
export interface ChildJob {
  readonly input: ModelInput;
  /** Without the configuration, as golden inputs are answered. */
  readonly plain?: boolean;
}

/** An error on its way through the channel, which knows no classes. */
export interface ChildError {
  readonly code: InferenceErrorCode;
  readonly message: string;
}

/** What a child found out while it loaded. */
export interface Loaded {
  readonly type: "loaded";
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Kinds of input that the model takes. */
  readonly accepts: readonly ModelInput["kind"][];
  /** Most predictions that one run takes; 1 where more would not pay. */
  readonly maxBatch: number;
  /** Bytes of memory, `processBytes`. */
  readonly memoryBytes: number;
}

/** Answers of one batch, in the order of its jobs. */
export interface Done {
  readonly type: "done";
  readonly results: readonly ({ readonly output: ModelOutput } | { readonly error: ChildError })[];
  /** Bytes of memory, `processBytes`. */
  readonly memoryBytes: number;
}

export type ChildReply =
  | Loaded
  | Done
  | { readonly type: "externalized"; readonly files: readonly ModelFile[] }
  | { readonly type: "failed"; readonly error: ChildError };
