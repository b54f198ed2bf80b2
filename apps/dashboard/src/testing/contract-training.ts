import type { CurvePoint, TrainingEvent, TrainingRun } from "@plimsoll/api";
import type { ContractState } from "./contract-state.ts";

const stages = ["samples", "download", "baseline", "features", "train", "publish"];

/** Runs of the contract server. Every step waits for `stepMs`, so that a browser sees them pass. */
export interface ContractTraining {
  start(model: string, reason: string): TrainingRun;
  cancel(id: string): TrainingRun | undefined;
  listen(id: string, listener: (event: TrainingEvent) => void): () => void;
  close(): void;
}

export function contractTraining(options: {
  readonly state: ContractState;
  readonly stepMs: number;
  readonly epochs: number;
  /** Called with the version that a run published. */
  readonly onPublished: (model: string, version: string, metrics: Record<string, number>) => void;
}): ContractTraining {
  const { state, stepMs, epochs } = options;
  const listeners = new Map<string, Set<(event: TrainingEvent) => void>>();
  const timers = new Set<ReturnType<typeof setTimeout>>();

  const tell = (run: string, event: Omit<TrainingEvent, "at" | "run">): void => {
    const whole = { at: new Date().toISOString(), run, ...event };
    for (const listener of listeners.get(run) ?? []) listener(whole);
  };
  const find = (id: string): TrainingRun | undefined => state.runs.find((run) => run.id === id);
  const change = (id: string, by: Partial<TrainingRun>): void => {
    state.runs = state.runs.map((run) => (run.id === id ? { ...run, ...by } : run));
  };

  function* steps(id: string): Generator<void> {
    for (const stage of stages) {
      const progress = stages.indexOf(stage) / stages.length;
      change(id, { state: "running", stage, progress, startedAt: new Date().toISOString() });
      tell(id, { type: "stage", stage, progress });
      yield;
      if (stage !== "train") continue;
      for (let epoch = 1; epoch <= epochs; epoch += 1) {
        const point = curvePoint(epoch);
        change(id, { curve: [...(find(id)?.curve ?? []), point] });
        tell(id, { type: "epoch", point });
        yield;
      }
    }
    const run = find(id);
    const version = nextVersion(state, run?.model ?? "");
    const metrics = { accuracy: 0.951, f1: 0.947 };
    options.onPublished(run?.model ?? "", version, metrics);
    change(id, {
      state: "succeeded",
      progress: 1,
      version,
      metrics,
      endedAt: new Date().toISOString(),
      confusion: {
        classes: ["diesel", "two-stroke", "sail", "jet"],
        counts: [
          [31, 1, 0, 0],
          [2, 22, 0, 1],
          [0, 0, 19, 0],
          [0, 1, 0, 8],
        ],
      },
    });
    tell(id, { type: "state", state: "succeeded" });
  }

  return {
    start(model, reason) {
      const id = `run-${state.runs.length + 1}`;
      const serving = state.models.get(model)?.summary.serving[0]?.version;
      const run: TrainingRun = {
        id,
        model,
        state: "queued",
        progress: 0,
        reason,
        createdAt: new Date().toISOString(),
        ...(serving ? { baseline: serving } : {}),
        samples: { ...state.datasets.get(model)?.classes },
        baselineMetrics: { accuracy: 0.921, f1: 0.913 },
        curve: [],
      };
      state.runs = [run, ...state.runs];
      const work = steps(id);
      const step = (): void => {
        const now = find(id);
        const held = state.holdAtEpoch !== undefined && now?.curve.length === state.holdAtEpoch;
        if (now?.state === "cancelled" || (!held && work.next().done)) return;
        const timer = setTimeout(() => {
          timers.delete(timer);
          step();
        }, stepMs);
        timers.add(timer);
      };
      step();
      return run;
    },
    cancel(id) {
      change(id, { state: "cancelled", endedAt: new Date().toISOString() });
      tell(id, { type: "state", state: "cancelled" });
      return find(id);
    },
    listen(id, listener) {
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set.add(listener));
      return () => set.delete(listener);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** A curve that falls as curves do, the same every time. */
export function curvePoint(epoch: number): CurvePoint {
  const wave = Math.sin(epoch * 2.3) * 0.015;
  return {
    epoch,
    loss: +(0.18 + 1.4 * Math.exp(-epoch / 4)).toFixed(4),
    valLoss: +(0.24 + 1.3 * Math.exp(-epoch / 4.4) + wave).toFixed(4),
    accuracy: +(0.975 - 0.6 * Math.exp(-epoch / 3.5)).toFixed(4),
    valAccuracy: +(0.951 - 0.58 * Math.exp(-epoch / 3.8) - wave).toFixed(4),
  };
}

function nextVersion(state: ContractState, model: string): string {
  const newest = state.models.get(model)?.versions[0]?.version ?? "v0.0.0";
  const [major = 0, minor = 0] = newest.slice(1).split(".").map(Number);
  return `v${major}.${minor + 1}.0`;
}
