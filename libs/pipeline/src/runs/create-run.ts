import { setTimeout as wait } from "node:timers/promises";
import type { Driver } from "@plimsoll/storage";
import { chooseSamples } from "./choose-samples.ts";
import { type RunConfig, runDefaults } from "./run-config.ts";
import { type RunLock, takeLock } from "./run-lock.ts";
import { hasEnded } from "./run-record.ts";
import { newRunId, readRun, writeRun } from "./run-store.ts";
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

/** How many originals a model has to learn from, and how many of them its last training had not. */
export async function countNew(
  store: Driver,
  model: string,
): Promise<{ readonly samples: number; readonly fresh: number }> {
  const chosen = await chooseSamples(store, model);
  const samples = chosen.samples.filter(({ side }) => side !== "test");
  const last = await lastTraining(store, model);
  const known = last === undefined ? [] : ((await readSampleList(store, model, last)) ?? []);
  const keys = new Set(known.map(({ key }) => key));
  return { samples: samples.length, fresh: samples.filter(({ key }) => !keys.has(key)).length };
}

/** Takes the lock for a run that waits, or gives the run that holds it. */
async function lockFor(
  { store, model, now }: CreateRunOptions,
  run: string,
  ttlMs: number,
): Promise<RunLock | string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await takeLock({ store, model, run, owner: "", ttlMs, now });
    } catch (error) {
      const holder = (error as Error).cause;
      if (codeOf(error) !== "E_LOCKED" || typeof holder !== "string") throw error;
      const record = await readRun(store, model, holder).catch(() => undefined);
      // It has recorded its end and is about to let go.
      if (record === undefined || !hasEnded(record) || attempt >= 20) return holder;
      await wait(100);
    }
  }
}

/**
 * Records a new run that waits for a worker, and takes the model's lock for it: of two servers that ask at the same time
 * one gets `started`, the other `in_progress` with the same run. Throws what the store throws.
 */
export async function createRun(options: CreateRunOptions): Promise<CreatedRun> {
  const { store, model, config, now = () => new Date(), queueMs = 15 * 60_000 } = options;
  const minSamples = options.minSamples ?? config.minSamples ?? runDefaults.minSamples;
  const minNewSamples = options.minNewSamples ?? config.minNewSamples ?? runDefaults.minNewSamples;
  const tooFew = async (): Promise<CreatedRun | undefined> => {
    const { samples, fresh } = await countNew(store, model);
    const status = "not_enough_samples";
    if (samples < minSamples || samples === 0) {
      return { status, have: samples, need: Math.max(1, minSamples), isNew: false };
    }
    if (fresh >= minNewSamples) return undefined;
    return { status, have: fresh, need: minNewSamples, isNew: true };
  };
  const before = await tooFew();
  if (before !== undefined) return before;
  const at = now();
  const run = newRunId(at);
  const lock = await lockFor(options, run, queueMs);
  if (typeof lock === "string") return { status: "in_progress", run: lock };
  // A run may have ended between the count and the lock: what it learned from is not new any more.
  const after = minNewSamples > 0 ? await tooFew() : undefined;
  if (after !== undefined) {
    await lock.release();
    return after;
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
