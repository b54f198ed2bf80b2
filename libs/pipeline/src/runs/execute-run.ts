import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openStore as openStoreByUrl } from "@plimsoll/storage";
import type { StoreOpener } from "@plimsoll/weights";
import { PipelineError } from "../error.ts";
import { removeShared } from "../queue/feature-part.ts";
import { HandOver } from "../queue/hand-over.ts";
import { datasetKeys } from "../samples/dataset-keys.ts";
import { codeOf } from "../samples/read-json.ts";
import { makeContext } from "./make-context.ts";
import type { RunContext, Train } from "./run-context.ts";
import type { RunEvent } from "./run-event.ts";
import { takeLock } from "./run-lock.ts";
import { hasEnded, type RunRecord, type RunStage } from "./run-record.ts";
import { trimFeatures } from "./trim-features.ts";
import { readRun } from "./run-store.ts";
import { stageBaseline } from "./stage-baseline.ts";
import { stageDownload } from "./stage-download.ts";
import { stagePromote, stagePublish } from "./stage-publish.ts";
import { stageSamples } from "./stage-samples.ts";
import { featurePlan, refuseBelowGate, stageTrain } from "./stage-train.ts";
import { diskError } from "./work-file.ts";

export interface ExecuteOptions {
  readonly storeUrl: string;
  readonly model: string;
  readonly run: string;
  /** Folder for the work of all runs on this machine; each has its own inside. */
  readonly workRoot: string;
  readonly train: Train;
  readonly openStore?: StoreOpener;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  readonly now?: () => Date;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Under which the lock is taken; default random. */
  readonly owner?: string;
  /** How long the lock holds without a sign of life; default 60,000. */
  readonly lockMs?: number;
  /** Between signs of life, at which it is also asked whether somebody cancelled; default 5,000. */
  readonly beatMs?: number;
  /** Begins of a run after which it is given up; default 5. */
  readonly maxAttempts?: number;
  readonly shareFeatures?: RunContext["shareFeatures"];
  /** Called before each stage; a test ends the process here. */
  readonly onStage?: (stage: RunStage) => Promise<void> | void;
  readonly log?: (line: string) => void;
}

/** Errors that may pass: the run stays as it is and is begun again, from the last finished stage. */
const passing: ReadonlySet<string | undefined> = new Set([
  "E_NETWORK",
  "E_TIMEOUT",
  "E_LOCKED",
  "E_CONFLICT",
]);

/**
 * Works on a run until it has ended: samples, download, baseline, features, training, publishing, promotion. What a
 * finished stage left in the work folder is not done again. Gives the record as it ended; a run that was refused, failed
 * or was cancelled has its reason there.
 *
 * Throws `HandOver` where other workers do the next part, and what may pass (`E_NETWORK`, `E_TIMEOUT`, `E_LOCKED`, `E_CONFLICT`): then the run has not ended, and somebody may
 * work on it again.
 */
export async function executeRun(options: ExecuteOptions): Promise<RunRecord> {
  const { storeUrl, model, run, env = process.env } = options;
  const { lockMs = 60_000, beatMs = 5_000, maxAttempts = 5, now = () => new Date() } = options;
  const openStore =
    options.openStore ?? ((url: string) => openStoreByUrl(url, { env, forWriting: true }));
  const store = await openStore(storeUrl);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  let beat: NodeJS.Timeout | undefined;
  try {
    const { owner = randomBytes(8).toString("hex") } = options;
    const lock = await takeLock({ store, model, run, owner, ttlMs: lockMs, now: options.now });
    try {
      const before = await readRun(store, model, run);
      if (hasEnded(before)) {
        await store.remove(datasetKeys.cancel(model, run));
        return before;
      }
      const workDir = join(options.workRoot, "runs", run);
      const context = makeContext(before, {
        ...options,
        store,
        openStore,
        workDir,
        featureDir: join(options.workRoot, "features"),
        signal,
        now,
        env,
      });
      let renewedAt = now().getTime();
      const live = async (): Promise<void> => {
        if (await store.stat(datasetKeys.cancel(model, run))) stop.abort(cancelled(run));
        if (now().getTime() - renewedAt < lockMs / 4) return;
        await lock.renew();
        renewedAt = now().getTime();
      };
      await live();
      let isBeating = false;
      beat = setInterval(() => {
        if (isBeating) return;
        isBeating = true;
        const beaten = live().finally(() => (isBeating = false));
        beaten.catch((error: unknown) => {
          // A store that is out of reach for longer than the lock holds may have given the run to another process.
          const isLost = codeOf(error) === "E_CONFLICT";
          if (isLost || now().getTime() - renewedAt > lockMs * 0.8) stop.abort(error);
        });
      }, beatMs);
      await context.update({
        state: "running",
        attempts: before.attempts + 1,
        ...(before.started_at === undefined && { started_at: now().toISOString() }),
      });
      context.emit({ type: "state", state: "running" });
      const ending =
        before.attempts >= maxAttempts
          ? tooOften(run, before)
          : await work(context, options).catch(async (error: unknown) => {
              if (!(error instanceof HandOver)) return ended(error, signal);
              await lock.handOver(handOverMs);
              throw error;
            });
      // Before the end is recorded: a process that is killed here goes on here.
      await rm(workDir, { recursive: true, force: true, maxRetries: 5 });
      await removeShared(store, model, run);
      await trimFeatures(context.featureDir);
      await store.remove(datasetKeys.cancel(model, run));
      await context.update({
        ...ending,
        stage: ending.state === "succeeded" ? "done" : (context.record().stage ?? "samples"),
        progress: ending.state === "succeeded" ? 1 : context.record().progress,
        ended_at: now().toISOString(),
      });
      // Whoever hears of the end may begin the next run.
      clearInterval(beat);
      await lock.release().catch(() => undefined);
      const message = ending.error?.message;
      context.emit({
        type: "state",
        state: ending.state,
        ...(message !== undefined && { message }),
      });
      return context.record();
    } finally {
      clearInterval(beat);
      await lock.release().catch(() => undefined);
    }
  } finally {
    clearInterval(beat);
    await store.close();
  }
}

/** Longest time that others have for the features of a run. */
const handOverMs = 2 * 60 * 60_000;

type Ending = Pick<RunRecord, "state" | "error">;

async function work(context: RunContext, options: ExecuteOptions): Promise<Ending> {
  if (isDone(context.record())) return { state: "succeeded" };
  const { workDir, featureDir, signal } = context;
  await mkdir(workDir, { recursive: true });
  await mkdir(featureDir, { recursive: true });
  async function stage<Result>(name: RunStage, act: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    await context.begin(name);
    await options.onStage?.(name);
    const result = await act();
    await context.finish(name);
    return result;
  }
  const chosen = await stage("samples", () => stageSamples(context));
  const samples = await stage("download", () => stageDownload(context, chosen));
  const previous = await stage("baseline", () => stageBaseline(context));
  const plan = featurePlan(context, chosen, samples, previous);
  const { shareFeatures } = context;
  if (shareFeatures) await stage("features", () => shareFeatures(context, plan));
  const trained = await stage("train", () => stageTrain(context, plan));
  refuseBelowGate(context, trained);
  const version = await stage("publish", () => stagePublish(context, trained));
  await stage("promote", () => stagePromote(context, version));
  return { state: "succeeded" };
}

/** Whether all that was left to do was to record the end. */
const isDone = ({ stages }: RunRecord): boolean =>
  stages.some(({ name, ended_at: endedAt }) => name === "promote" && endedAt !== undefined);

const cancelled = (run: string): PipelineError =>
  new PipelineError("E_CANCELLED", `${run}: somebody cancelled it`);

function tooOften(run: string, { attempts, stage }: RunRecord): Ending {
  const message = `${run}: its process ended ${attempts} times, the last time in ${stage ?? "its start"}; given up`;
  return { state: "failed", error: { code: "E_CRASH", message } };
}

/** How a run ends that did not come through; rethrows what is no end. */
function ended(thrown: unknown, signal: AbortSignal): Ending {
  const error = diskError(signal.aborted ? signal.reason : thrown, "the work folder");
  const code = codeOf(error) ?? "E_BUG";
  if (passing.has(code)) throw error;
  // Stopped from outside, not cancelled: somebody goes on with it.
  if (signal.aborted && code !== "E_CANCELLED") throw error;
  const message =
    error instanceof Error ? error.message : String((error as Error).message ?? error);
  if (code === "E_CANCELLED") return { state: "cancelled", error: { code, message } };
  return { state: code === "E_GATE" ? "rejected" : "failed", error: { code, message } };
}
