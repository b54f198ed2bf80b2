import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { RunEvent } from "../runs/run-event.ts";
import type { RunJob } from "./run-job.ts";
import type { RunQueue } from "./run-queue.ts";
import { type RunChild, startChild } from "./start-child.ts";

export interface LocalQueueOptions extends Omit<RunJob, "model" | "run"> {
  /** Runs of several models at the same time; default 1. */
  readonly concurrency?: number;
  /** Wait before a run is begun again, doubled each time; default 2,000. */
  readonly againMs?: number;
  readonly log?: (line: string) => void;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The queue without a Redis: a child process of this one for each run. One that is killed is followed by another. */
export function localQueue(options: LocalQueueOptions): RunQueue {
  const { concurrency = 1, againMs = 2000, log = () => undefined, env, ...job } = options;
  const listeners = new Set<(event: RunEvent) => void>();
  const waiting: { model: string; run: string }[] = [];
  const known = new Set<string>();
  const children = new Set<RunChild>();
  const closing = new AbortController();
  let working = 0;

  const tell = (event: RunEvent): void => {
    for (const listener of listeners) listener(event);
  };

  async function work(model: string, run: string): Promise<void> {
    const owner = randomBytes(8).toString("hex");
    // A run that ends again and again is given up by `executeRun`; what may pass is waited for longer.
    for (let attempt = 1; attempt <= 20; attempt++) {
      const settings = env ? { env } : {};
      const child = startChild({ ...job, model, run, owner }, { onEvent: tell, log, ...settings });
      children.add(child);
      const outcome = await child.outcome.finally(() => children.delete(child));
      if (outcome.type !== "again" || closing.signal.aborted) return;
      // Somebody else works on it, and goes on with it.
      if (outcome.code === "E_LOCKED") return;
      log(`${run}: begun again after ${outcome.code} ${outcome.message}`);
      const pause = Math.min(againMs * 2 ** (attempt - 1), 60_000);
      await wait(pause, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      if (closing.signal.aborted) return;
    }
  }

  function next(): void {
    if (working >= concurrency || closing.signal.aborted) return;
    const job = waiting.shift();
    if (job === undefined) return;
    working += 1;
    work(job.model, job.run)
      .catch((error: unknown) => log(`${job.run}: ${String(error)}`))
      .finally(() => {
        working -= 1;
        known.delete(job.run);
        next();
      });
    next();
  }

  return {
    enqueue(model, run) {
      if (!known.has(run)) {
        known.add(run);
        waiting.push({ model, run });
        next();
      }
      return Promise.resolve();
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closing.abort();
      const ends = [...children].map(async (child) => {
        child.stop();
        const late = setTimeout(() => child.kill(), 5000);
        await child.outcome;
        clearTimeout(late);
      });
      await Promise.all(ends);
    },
  };
}
