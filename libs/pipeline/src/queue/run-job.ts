import type { RunEvent } from "../runs/run-event.ts";
import type { RunRecord } from "../runs/run-record.ts";

/** What a process needs to know to work on a run. Secrets are not in it: they come from that process's environment. */
export interface RunJob {
  readonly storeUrl: string;
  readonly model: string;
  readonly run: string;
  readonly workRoot: string;
  /** Module with a function `trainModel`; default the training room's. */
  readonly trainModule?: string;
  /** Other workers of the same Redis compute features. */
  readonly isShared?: boolean;
  /** Only this part of the run's features is to be computed. */
  readonly part?: string;
  /** See `ShareOptions`. */
  readonly partSamples?: number;
  readonly minShared?: number;
  readonly allowHttp?: boolean;
  /** Under which the lock is taken: a process that follows a dead one takes its lock over at once. */
  readonly owner?: string;
  readonly lockMs?: number;
  readonly beatMs?: number;
  readonly maxAttempts?: number;
}

/** From the process that works to the one that started it. */
export type RunMessage =
  | { readonly type: "event"; readonly event: RunEvent }
  | { readonly type: "log"; readonly line: string }
  | { readonly type: "ended"; readonly record: RunRecord }
  /** Others do these parts; then the run goes on. */
  | { readonly type: "shared"; readonly parts: readonly string[] }
  | { readonly type: "part"; readonly ready: number; readonly seconds: number }
  | { readonly type: "passing"; readonly code: string; readonly message: string };
