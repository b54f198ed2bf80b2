import type { InferenceError } from "../error.ts";
import type { ModelConfig } from "../model-config.ts";
import type { ModelFiles } from "../model-files.ts";
import type {
  BatchSettings,
  ProcessSettings,
  RestartSettings,
  SessionSettings,
} from "../settings.ts";

/** What a runner tells: its own state, and how each prediction ended. */
export interface RunnerEvents {
  state(type: "loading" | "loaded" | "unloaded"): void;
  /** A start ended, one way or the other: what memory it takes is known now. */
  ended(): void;
  trouble(type: "failed" | "crashed" | "timeout", error: InferenceError): void;
  /** `code` is absent for a good answer. */
  outcome(durationMs: number, code: string | undefined): void;
}

/** One version of a model, and how it is run. */
export interface RunnerOptions {
  readonly files: ModelFiles;
  /** SHA-256 of the main file. */
  readonly digest: string;
  /** SHA-256 of all files together. */
  readonly identity: string;
  readonly config: () => ModelConfig;
  readonly session: SessionSettings;
  readonly process: ProcessSettings;
  readonly batching: BatchSettings;
  readonly restart: RestartSettings;
  readonly maxQueue: number;
  readonly timeoutMs: number;
  readonly loadTimeoutMs: number;
  readonly now: () => number;
  /** Waits until there is memory for this version. @throws InferenceError `E_MEMORY`. */
  readonly admit: () => Promise<unknown>;
  readonly events: RunnerEvents;
}
