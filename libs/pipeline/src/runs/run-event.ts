import type { CurvePoint, RunState } from "./run-record.ts";

/** What happens in a run. */
export interface RunEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly run: string;
  readonly type: "state" | "stage" | "progress" | "epoch" | "log";
  readonly state?: RunState;
  readonly stage?: string;
  /** Of the whole run, 0 to 1. */
  readonly progress?: number;
  readonly point?: CurvePoint;
  readonly message?: string;
}
