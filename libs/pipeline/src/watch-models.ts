import type { CreatedRun } from "./runs/create-run.ts";
import type { ModelTraining } from "./training.ts";

export interface WatchOptions {
  /** Models with a schedule. */
  readonly scheduled: Readonly<Record<string, ModelTraining>>;
  /** Models whose new samples are counted. */
  readonly models: () => Promise<readonly string[]>;
  /** New samples of a model that start a run; undefined: it starts none. */
  readonly newSamples: (model: string) => number | undefined;
  /** Between looks whether enough new samples came. */
  readonly watchMs: number;
  readonly start: (
    model: string,
    wish: { readonly minNewSamples?: number; readonly reason: string },
  ) => Promise<CreatedRun>;
  /** Takes up runs that have not ended. */
  readonly resume: () => Promise<void>;
  readonly log: (line: string) => void;
}

/** Asks for runs by itself: on a schedule, and when enough new samples came; and goes on with those that were cut off. */
export function watchModels(options: WatchOptions): { close(): Promise<void> } {
  const { watchMs, start, resume, log } = options;
  const jobs: { stop(): void }[] = [];
  if (watchMs === 0) return { close: () => Promise.resolve() };
  let isClosed = false;
  let looking: Promise<void> | undefined;

  async function ask(model: string, reason: string, minNewSamples?: number): Promise<void> {
    const wish = minNewSamples === undefined ? {} : { minNewSamples };
    const created = await start(model, { ...wish, reason });
    if (created.status === "started") log(`${created.run}: ${model}, ${reason}`);
  }

  async function look(): Promise<void> {
    await resume();
    for (const model of await options.models()) {
      const newSamples = options.newSamples(model);
      if (newSamples === undefined || isClosed) continue;
      await ask(model, `${newSamples} new samples`, newSamples);
    }
  }

  const lookNow = (): void => {
    if (isClosed) return;
    looking ??= look()
      .catch((error: unknown) => log(`retraining: not looked at: ${String(error)}`))
      .finally(() => (looking = undefined));
  };

  async function schedule(): Promise<void> {
    const wishes = Object.entries(options.scheduled).filter(([, { schedule: when }]) => when);
    if (wishes.length === 0) return;
    const { Cron } = await import("croner");
    for (const [model, { schedule: when = "" }] of wishes) {
      if (isClosed) return;
      const run = (): void => {
        ask(model, `schedule ${when}`).catch((error: unknown) =>
          log(`${model}: the scheduled run did not start: ${String(error)}`),
        );
      };
      jobs.push(new Cron(when, { timezone: "UTC", unref: true, protect: true }, run));
    }
  }

  const scheduled = schedule().catch((error: unknown) => log(`retraining: ${String(error)}`));
  lookNow();
  const timer = setInterval(lookNow, watchMs);
  timer.unref();

  return {
    async close() {
      isClosed = true;
      clearInterval(timer);
      await scheduled;
      for (const job of jobs) job.stop();
      await looking;
    },
  };
}
