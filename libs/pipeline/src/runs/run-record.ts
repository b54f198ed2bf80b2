import type { RunConfig } from "./run-config.ts";

export type RunState = "queued" | "running" | "succeeded" | "rejected" | "failed" | "cancelled";

/** Stages of a run, in order. `train` has those of the training room inside. */
export const runStages = [
  "samples",
  "download",
  "baseline",
  "features",
  "train",
  "publish",
  "promote",
] as const;
export type RunStage = (typeof runStages)[number];

/** One finished or running stage. */
export interface StageRecord {
  readonly name: RunStage;
  readonly started_at: string;
  readonly ended_at?: string;
  readonly seconds?: number;
  /** How often it was begun: more than once after a crash in it. */
  readonly attempts: number;
}

/** Something that kept one sample out without ending the run. */
export interface RunProblem {
  /** Key of the original, or what else it is about. */
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** One epoch of the learning curve. */
export interface CurvePoint {
  readonly epoch: number;
  readonly loss?: number;
  readonly accuracy?: number;
  readonly valLoss?: number;
  readonly valAccuracy?: number;
}

/** `training/<model>/runs/<run>.json`. Times are ISO 8601, UTC; shares from 0 to 1. */
export interface RunRecord {
  readonly schema: 1;
  readonly run: string;
  readonly model: string;
  readonly state: RunState;
  readonly reason?: string;
  readonly requested_by?: string;
  readonly created_at: string;
  readonly started_at?: string;
  readonly ended_at?: string;
  /** Times that some process began to work on it. */
  readonly attempts: number;
  readonly config: RunConfig;
  readonly seed: number;
  /** Of the code that trained. */
  readonly commit?: string;
  readonly dataset?: {
    /** SHA-256 over the sorted lines of class and digest of all originals. */
    readonly digest: string;
    readonly samples: number;
    readonly new_samples: number;
    readonly classes: Readonly<Record<string, number>>;
  };
  readonly stage?: string;
  /** Of the whole run. */
  readonly progress: number;
  readonly stages: readonly StageRecord[];
  /** At most 200; `problem_count` counts all. */
  readonly problems: readonly RunProblem[];
  readonly problem_count: number;
  /** Version that it was compared with. */
  readonly parent?: string;
  /** The version that it is about to publish, kept over a crash. */
  readonly planned_version?: string;
  /** The version that it published. */
  readonly version?: string;
  readonly channel?: string;
  readonly promoted_to?: string;
  readonly gate?: { readonly passed: boolean; readonly reasons: readonly string[] };
  readonly metrics?: Readonly<Record<string, number>>;
  readonly parent_metrics?: Readonly<Record<string, number>>;
  readonly confusion?: {
    readonly classes: readonly string[];
    readonly counts: readonly (readonly number[])[];
  };
  readonly curve: readonly CurvePoint[];
  /** Seconds by stage of the training. */
  readonly seconds?: Readonly<Record<string, number>>;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Whether nothing more happens in it. */
export const hasEnded = ({ state }: RunRecord): boolean =>
  state !== "queued" && state !== "running";
