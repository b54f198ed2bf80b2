import { parseStoreUrl } from "@plimsoll/storage";
import { redisConnection, redisPrefix, type RunJobData, runQueueName } from "./redis-names.ts";
import type { RunJob } from "./run-job.ts";
import { type RunChild, startChild } from "./start-child.ts";

export interface WorkerOptions extends Omit<RunJob, "model" | "run" | "storeUrl" | "owner"> {
  readonly redisUrl: string;
  /** The store that it works for: a job for another is refused, since its secrets are not here. */
  readonly storeUrl: string;
  /** Runs at the same time; default 1. */
  readonly concurrency?: number;
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
 * Takes runs from Redis, on any number of machines at the same time. Each run is a child process. A worker that is killed
 * loses nothing: Redis gives its job to another one, which goes on after the last finished stage.
 */
export async function openWorker(options: WorkerOptions): Promise<QueueWorker> {
  const { redisUrl, storeUrl, concurrency = 1, stalledMs = 30_000, env, ...job } = options;
  const { log = () => undefined, ...errand } = job;
  const { Worker, UnrecoverableError } = await import("bullmq");
  const place = parseStoreUrl(storeUrl).url;
  const children = new Set<RunChild>();

  const worker = new Worker<RunJobData>(
    runQueueName,
    async (each) => {
      const { model, run } = each.data;
      if (each.data.storeUrl !== place) {
        throw new UnrecoverableError(
          `${run}: is for ${each.data.storeUrl}, and this worker is for ${place}`,
        );
      }
      log(`${run}: ${model}, begun`);
      const child = startChild(
        { ...errand, storeUrl, model, run },
        {
          onEvent: (event) => {
            each.updateProgress(event).catch((error: unknown) => log(`${run}: ${String(error)}`));
          },
          log,
          ...(env && { env }),
        },
      );
      children.add(child);
      const outcome = await child.outcome.finally(() => children.delete(child));
      if (outcome.type === "again") throw new Error(`${outcome.code} ${outcome.message}`);
      log(`${run}: ${outcome.record.state}`);
      return outcome.record.state;
    },
    {
      connection: redisConnection(redisUrl, "worker"),
      prefix: redisPrefix,
      concurrency,
      lockDuration: stalledMs,
      stalledInterval: stalledMs,
      // The run counts its own begins; a machine that dies often is no reason for the queue to drop it.
      maxStalledCount: 20,
    },
  );
  worker.on("error", (error) => log(`redis: ${error.message}`));
  worker.on("failed", (_, error) => log(`begun again later: ${error.message}`));
  await worker.waitUntilReady();
  return {
    async close() {
      for (const child of children) child.stop();
      const late = setTimeout(() => {
        for (const child of children) child.kill();
      }, 5000);
      await worker.close();
      clearTimeout(late);
    },
  };
}
