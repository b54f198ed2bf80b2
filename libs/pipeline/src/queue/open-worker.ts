import { availableParallelism } from "node:os";
import { parseStoreUrl } from "@plimsoll/storage";
import {
  type FeatureJobData,
  featureQueueName,
  redisConnection,
  redisPrefix,
  type RunJobData,
  runQueueName,
} from "./redis-names.ts";
import { jobAttempts } from "./redis-queue.ts";
import type { RunJob } from "./run-job.ts";
import { type ChildOutcome, type RunChild, startChild } from "./start-child.ts";

export interface WorkerOptions extends Omit<
  RunJob,
  "model" | "run" | "storeUrl" | "owner" | "isShared" | "part"
> {
  readonly redisUrl: string;
  /** The store that it works for: a job for another is refused, since its secrets are not here. */
  readonly storeUrl: string;
  /** Runs at the same time; default 1. */
  readonly concurrency?: number;
  /** Parts of features at the same time; default the machine's processors. */
  readonly featureConcurrency?: number;
  /** How long Redis believes in a worker that gives no sign; default 30,000. */
  readonly stalledMs?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly log?: (line: string) => void;
}

/** A process that works for the queue. */
export interface QueueWorker {
  /** Stops its children, which leaves their runs to other workers, and disconnects. */
  close(): Promise<void>;
}

/**
 * Takes runs, and parts of their features, from Redis, on any number of machines at the same time. Each is a child
 * process. A worker that is killed loses nothing: Redis gives its job to another one, which goes on after the last
 * finished stage.
 */
export async function openWorker(options: WorkerOptions): Promise<QueueWorker> {
  const { redisUrl, storeUrl, concurrency = 1, stalledMs = 30_000, env, ...job } = options;
  const { log = () => undefined, featureConcurrency = availableParallelism(), ...errand } = job;
  const { Worker, FlowProducer, UnrecoverableError } = await import("bullmq");
  const place = parseStoreUrl(storeUrl).url;
  const children = new Set<RunChild>();
  const connection = redisConnection(redisUrl, "worker");
  const settings = {
    connection,
    prefix: redisPrefix,
    lockDuration: stalledMs,
    stalledInterval: stalledMs,
    // The run counts its own begins; a machine that dies often is no reason for the queue to drop it.
    maxStalledCount: 20,
  };

  async function inChild(
    data: RunJobData & { readonly part?: string },
    onEvent?: (event: object) => Promise<void>,
  ): Promise<ChildOutcome> {
    const { model, run, part } = data;
    if (data.storeUrl !== place) {
      throw new UnrecoverableError(
        `${run}: is for ${data.storeUrl}, and this worker is for ${place}`,
      );
    }
    const child = startChild(
      { ...errand, storeUrl, model, run, isShared: true, ...(part !== undefined && { part }) },
      {
        onEvent: (event) => {
          onEvent?.(event).catch((error: unknown) => log(`${run}: ${String(error)}`));
        },
        log,
        ...(env && { env }),
      },
    );
    children.add(child);
    const outcome = await child.outcome.finally(() => children.delete(child));
    if (outcome.type === "again") throw new Error(`${outcome.code} ${outcome.message}`);
    return outcome;
  }

  const flows = new FlowProducer({ connection, prefix: redisPrefix });
  flows.on("error", (error) => log(`redis: ${error.message}`));

  /** The parts are children of the rest of the run, which begins when all of them are done, well or not. */
  async function share(data: RunJobData, parts: readonly string[]): Promise<void> {
    const { run } = data;
    await flows.add({
      name: "run",
      queueName: runQueueName,
      data,
      opts: {
        jobId: `${run}-rest`,
        attempts: jobAttempts,
        backoff: { type: "fixed", delay: 2000 },
        removeOnComplete: true,
        removeOnFail: { count: 100 },
      },
      children: parts.map((part) => ({
        name: "features",
        queueName: featureQueueName,
        data: { ...data, part } satisfies FeatureJobData,
        opts: {
          jobId: `${run}-${part}`,
          attempts: 3,
          backoff: { type: "fixed", delay: 1000 },
          removeOnComplete: true,
          removeOnFail: true,
          // What nobody could compute is computed, or named, by the rest of the run.
          ignoreDependencyOnFailure: true,
        },
      })),
    });
  }

  const runs = new Worker<RunJobData>(
    runQueueName,
    async (each) => {
      const { run, model } = each.data;
      log(`${run}: ${model}, begun`);
      const outcome = await inChild(each.data, (event) => each.updateProgress(event));
      if (outcome.type === "shared") await share(each.data, outcome.parts);
      log(`${run}: ${outcome.type === "ended" ? outcome.record.state : "its features are shared"}`);
    },
    { ...settings, concurrency },
  );
  const features = new Worker<FeatureJobData>(
    featureQueueName,
    async (each) => {
      const outcome = await inChild(each.data);
      const { run, part } = each.data;
      if (outcome.type === "part") {
        log(`${run}-${part}: ${outcome.ready} samples in ${outcome.seconds.toFixed(1)} s`);
      }
    },
    { ...settings, concurrency: featureConcurrency },
  );
  for (const worker of [runs, features]) {
    worker.on("error", (error) => log(`redis: ${error.message}`));
    worker.on("failed", (_, error) => log(`begun again later: ${error.message}`));
  }
  await Promise.all([runs.waitUntilReady(), features.waitUntilReady()]);
  return {
    async close() {
      for (const child of children) child.stop();
      const late = setTimeout(() => {
        for (const child of children) child.kill();
      }, 5000);
      await Promise.all([runs.close(), features.close(), flows.close()]);
      clearTimeout(late);
    },
  };
}
