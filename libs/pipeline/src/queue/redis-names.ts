/** Key prefix in Redis: the braces keep a cluster's keys of this queue together. */
export const redisPrefix = "{plimsoll}";
/** Jobs that are runs, or the second half of one. */
export const runQueueName = "runs";
/** Jobs that are a part of a run's features. */
export const featureQueueName = "features";

/** A job of the queue of runs. */
export interface RunJobData {
  readonly storeUrl: string;
  readonly model: string;
  readonly run: string;
}

/** A job of the queue of features: which part of the plan in the store. */
export interface FeatureJobData extends RunJobData {
  readonly part: string;
}

/** Options of a connection: a worker waits for a Redis that is away; whoever asks for a run is told. */
export function redisConnection(
  url: string,
  who: "worker" | "asker",
): { url: string; maxRetriesPerRequest: number | null; enableOfflineQueue: boolean } {
  const isWorker = who === "worker";
  return { url, maxRetriesPerRequest: isWorker ? null : 3, enableOfflineQueue: true };
}
