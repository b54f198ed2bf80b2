import type { ModelConfig } from "./model-config.ts";
import type { ModelFiles } from "./model-files.ts";
import type { ModelInput } from "./model-input.ts";
import type { Prediction } from "./prediction.ts";
import type { TensorInfo } from "./tensor.ts";

/** State of one version of a model in this process. */
export type VersionState = "loading" | "ready" | "draining" | "failed" | "unloaded";

/** One version of a model in this process. */
export interface VersionStatus {
  readonly version: string;
  readonly digest: string;
  readonly state: VersionState;
  /** Why it failed, with its error code. */
  readonly reason?: { readonly code: string; readonly message: string };
  readonly loadedAt?: Date;
  /** Milliseconds from the start of the child to its first good answer. */
  readonly loadMs?: number;
  /** Bytes of memory of its child, with its share of what processes have in common; sampled. */
  readonly memoryBytes?: number;
  readonly pid?: number;
  /** Most predictions that one run takes, as measured when it was loaded. */
  readonly maxBatch?: number;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds, over the last predictions. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number };
}

/** A model in this process. */
export interface ModelStatus {
  readonly model: string;
  /** Counts the moves of the alias. */
  readonly generation: number;
  /**
   * Version that answers, where traffic does not say otherwise; undefined before the first one and after `unload`. An
   * evicted one (`unloaded`) still is it: the next prediction starts it again.
   */
  readonly serving?: string;
  /** Those in this process, and the last few that could not be taken, as `failed` with their reason. */
  readonly versions: readonly VersionStatus[];
  readonly pinned: boolean;
  readonly queued: number;
  readonly config: ModelConfig;
  readonly shadow?: {
    readonly version: string;
    readonly compared: number;
    readonly disagreed: number;
  };
}

/** What a swap did. */
export interface SwapResult {
  readonly model: string;
  readonly generation: number;
  readonly version: string;
  readonly previous?: string;
  /** `unchanged`: that version was serving already. */
  readonly outcome: "swapped" | "unchanged";
  readonly plan: "side-by-side" | "unload-first";
  readonly durationMs: number;
}

/** What happens to models, in order. */
export type ModelEvent = {
  readonly at: Date;
  readonly model: string;
  readonly version?: string;
} & (
  | { readonly type: "loading" | "loaded" | "swapped" | "unloaded" | "evicted" | "config" }
  | {
      readonly type: "failed" | "crashed" | "timeout" | "rolled-back";
      readonly code: string;
      readonly message: string;
    }
);

export interface SwapOptions {
  /**
   * Takes a version whose inputs or outputs differ, and tries one again that is remembered as refused. Golden inputs must
   * be answered right in any case. Default false.
   */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

export interface PredictOptions {
  /** Request headers that traffic may look at, names in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** A certain version, which must be loaded. */
  readonly version?: string;
  readonly signal?: AbortSignal;
}

/** All models that this process serves, each version in a child process of its own. */
export interface Models {
  /**
   * Makes a version the serving one: a candidate is started, checked and warmed while the old one answers, then the
   * alias moves and the old one drains. Equal requests at the same time share one swap; of different ones the newest
   * wins, and the others get `E_SUPERSEDED`. Settles when the alias has moved. A version that stands beside is taken as
   * it is.
   *
   * Where two versions do not fit into memory, the old one is unloaded first and what is asked meanwhile waits; it is
   * loaded again if the new one fails.
   *
   * @throws InferenceError `E_MODEL`, `E_DIGEST`, `E_SIGNATURE`, `E_GOLDEN`, `E_MEMORY`, `E_TIMEOUT`, `E_SUPERSEDED`,
   * `E_ABORTED`; the old version still serves then. The code of a version that was refused before is that of its first
   * refusal.
   */
  swap(candidate: ModelFiles, options?: SwapOptions): Promise<SwapResult>;
  /** Loads a further version beside the serving one: a canary or a shadow of `config.traffic`. */
  loadBeside(candidate: ModelFiles, options?: SwapOptions): Promise<void>;
  /**
   * Answers, starting the model's child again where it was evicted or had crashed. While the first version of a model is
   * on its way, waits for it.
   *
   * @throws InferenceError `E_USAGE` for a model or version that is not here; `E_INPUT`, `E_MEDIA` for the input;
   * `E_OUTPUT`, `E_MODEL`, `E_MEMORY`, `E_TIMEOUT`, `E_CRASH` for the run; `E_BUSY` with a time to try again; `E_ABORTED`.
   */
  predict(model: string, input: ModelInput, options?: PredictOptions): Promise<Prediction>;
  /** Applies a configuration without touching weights. @throws InferenceError `E_USAGE` for a bad one; the old stays. */
  configure(model: string, config: ModelConfig): void;
  pin(model: string, pinned: boolean): void;
  /** Drains and ends one version, or all of a model. */
  unload(model: string, version?: string): Promise<void>;
  status(): readonly ModelStatus[];
  /** Calls back for every event until the returned function is called. */
  listen(listener: (event: ModelEvent) => void): () => void;
  /** Drains everything, at most `drainMs`, then ends every child. */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}
