import { parseStoreUrl } from "@plimsoll/storage";
import type { RunEvent } from "../runs/run-event.ts";
import type { RunQueue } from "./run-queue.ts";
import { redisConnection, redisPrefix, type RunJobData, runQueueName } from "./redis-names.ts";

export interface RedisQueueOptions {
  readonly redisUrl: string;
  readonly storeUrl: string;
  readonly log?: (line: string) => void;
}

/** How often a run's job is begun by the queue; the run itself is given up earlier, by its own count. */
export const jobAttempts = 20;

/**
 * The queue over Redis (BullMQ): workers on any number of machines take the runs, see `openWorker`. A run is one job
 * however often it is put in. What workers tell of a run is heard here too.
 */
export async function redisQueue(options: RedisQueueOptions): Promise<RunQueue> {
  const { redisUrl, log = () => undefined } = options;
  const { Queue, QueueEvents } = await import("bullmq");
  const prefix = redisPrefix;
  const storeUrl = parseStoreUrl(options.storeUrl).url;
  const queue = new Queue<RunJobData>(runQueueName, {
    connection: redisConnection(redisUrl, "asker"),
    prefix,
  });
  const events = new QueueEvents(runQueueName, {
    connection: redisConnection(redisUrl, "worker"),
    prefix,
  });
  // Without a listener an error of the connection would end the process; BullMQ connects again by itself.
  queue.on("error", (error) => log(`redis: ${error.message}`));
  events.on("error", (error) => log(`redis: ${error.message}`));
  const listeners = new Set<(event: RunEvent) => void>();
  events.on("progress", ({ data }) => {
    const event = data as unknown as RunEvent;
    if (typeof event?.run !== "string") return;
    for (const listener of listeners) listener(event);
  });

  return {
    async enqueue(model, run) {
      const known = await queue.getJob(run);
      // A job that failed for good is no obstacle to a run that has not ended.
      if (known !== undefined && (await known.isFailed())) await known.remove();
      await queue.add(
        "run",
        { storeUrl, model, run },
        {
          jobId: run,
          attempts: jobAttempts,
          backoff: { type: "fixed", delay: 2000 },
          removeOnComplete: true,
          removeOnFail: { count: 100 },
        },
      );
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await events.close();
      await queue.close();
    },
  };
}
