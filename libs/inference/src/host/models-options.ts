import type {
  BatchSettings,
  ProcessSettings,
  RestartSettings,
  SessionSettings,
} from "../settings.ts";

/** Settings of `openModels`; every one has a default in `inferenceDefaults`. */
export interface ModelsOptions {
  readonly session?: Partial<SessionSettings>;
  readonly process?: Partial<ProcessSettings>;
  readonly batching?: Partial<BatchSettings>;
  readonly restart?: Partial<RestartSettings>;
  /** Predictions in the queue of a version before others are refused; `max_queue` of a configuration wins. */
  readonly maxQueue?: number;
  /** Milliseconds of one run; `timeout_ms` of a configuration wins. */
  readonly timeoutMs?: number;
  /** Milliseconds from the start of a process until its model is loaded and warm. */
  readonly loadTimeoutMs?: number;
  /** Milliseconds that an old version may take to answer what it was asked. */
  readonly drainMs?: number;
  /** Bytes that this process and all children may take. Default: the limit of the control group, else no limit. */
  readonly memoryBudgetBytes?: number;
  /** Bytes that this process takes itself. Default: what the system says, read every 5 s. */
  readonly ownBytes?: () => number;
  /** Bytes that a loaded version counts for, from those that its process reported. Default: the same. */
  readonly countBytes?: (reportedBytes: number) => number;
  /** Milliseconds after which a version that nobody asked is unloaded; 0: never. Default 0. */
  readonly idleTtlMs?: number;
  /** Absolute path of a folder in which refused versions are remembered. Default: remembered until this process ends. */
  readonly stateDir?: string;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** 0 to 1. Default `Math.random`. */
  readonly random?: () => number;
}
