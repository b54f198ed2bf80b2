import type { Driver } from "@plimsoll/storage";
import { chooseSamples } from "./choose-samples.ts";
import { type RunConfig, runDefaults } from "./run-config.ts";
import { takeLock } from "./run-lock.ts";
import { newRunId, writeRun } from "./run-store.ts";
import { readSampleList } from "./sample-list.ts";
import { lastTraining } from "./stage-samples.ts";
import { codeOf } from "../samples/read-json.ts";

export interface CreateRunOptions {
  readonly store: Driver;
  readonly model: string;
  readonly config: RunConfig;
  readonly reason?: string | undefined;
  readonly requestedBy?: string | undefined;
  readonly commit?: string | undefined;
  readonly minSamples?: number | undefined;
  readonly minNewSamples?: number | undefined;
  /** How long the run may wait for a worker before another may be created; default 15 minutes. */
  readonly queueMs?: number;
  readonly now?: (() => Date) | undefined;
}

/** What became of the wish for a run. */
export type CreatedRun =
  | { readonly status: "started"; readonly run: string }
  | { readonly status: "in_progress"; readonly run: string }
  | {
      readonly status: "not_enough_samples";
      readonly have: number;
      readonly need: number;
      /** Whether it is new samples that are missing. */
      readonly isNew: boolean;
    };

/** How many originals a model has, and how many of them its last training had not. */
export async function countNew(
  store: Driver,
  model: string,
): Promise<{ readonly samples: number; readonly fresh: number }> {
  const { samples } = await chooseSamples(store, model);
  const last = await lastTraining(store, model);
  const known = last === undefined ? [] : ((await readSampleList(store, model, last)) ?? []);
  const keys = new Set(known.map(({ key }) => key));
  return { samples: samples.length, fresh: samples.filter(({ key }) => !keys.has(key)).length };
}

/**
 * Records a new run that waits for a worker, and takes the model's lock for it: of two servers that ask at the same time
 * one gets `started`, the other `in_progress` with the same run. Throws what the store throws.
 */
export async function createRun(options: CreateRunOptions): Promise<CreatedRun> {
  const { store, model, config, now = () => new Date(), queueMs = 15 * 60_000 } = options;
  const minSamples = options.minSamples ?? config.minSamples ?? runDefaults.minSamples;
  const minNewSamples = options.minNewSamples ?? config.minNewSamples ?? runDefaults.minNewSamples;
  const { samples, fresh } = await countNew(store, model);
  if (samples < minSamples || samples === 0) {
    return {
      status: "not_enough_samples",
      have: samples,
      need: Math.max(1, minSamples),
      isNew: false,
    };
  }
  if (fresh < minNewSamples) {
    return { status: "not_enough_samples", have: fresh, need: minNewSamples, isNew: true };
  }
  const at = now();
  const run = newRunId(at);
  try {
    await takeLock({ store, model, run, owner: "", ttlMs: queueMs, now: options.now });
  } catch (error) {
    const holder = (error as Error).cause;
    if (codeOf(error) === "E_LOCKED" && typeof holder === "string") {
      return { status: "in_progress", run: holder };
    }
    throw error;
  }
  await writeRun(store, {
    schema: 1,
    run,
    model,
    state: "queued",
    ...(options.reason !== undefined && { reason: options.reason.slice(0, 500) }),
    ...(options.requestedBy !== undefined && { requested_by: options.requestedBy.slice(0, 200) }),
    created_at: at.toISOString(),
    attempts: 0,
    config: { ...config, minSamples, minNewSamples },
    seed: config.seed ?? runDefaults.seed,
    ...(options.commit !== undefined && { commit: options.commit }),
    stage: "queued",
    progress: 0,
    stages: [],
    problems: [],
    problem_count: 0,
    curve: [],
  });
  return { status: "started", run };
}
