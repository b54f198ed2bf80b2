import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { isModelName, printable } from "@plimsoll/manifest";
import { bytesSource, type Driver, openStore } from "@plimsoll/storage";
import { currentCommit } from "./commit.ts";
import { PipelineError } from "./error.ts";
import { lazyStore } from "./lazy-store.ts";
import { localQueue } from "./queue/local-queue.ts";
import type { RunQueue } from "./queue/run-queue.ts";
import { runEvents } from "./run-events.ts";
import { countNew, createRun, type CreatedRun } from "./runs/create-run.ts";
import { lockedBy, takeLock } from "./runs/run-lock.ts";
import { hasEnded, type RunRecord } from "./runs/run-record.ts";
import { isRunId, listRuns, listTrained, readRun, writeRun } from "./runs/run-store.ts";
import { datasetKeys } from "./samples/dataset-keys.ts";
import { countClasses, listOriginals } from "./samples/list-originals.ts";
import { openSamples } from "./samples/open-samples.ts";
import { codeOf, readJson } from "./samples/read-json.ts";
import { readRecord } from "./samples/sample-record.ts";
import { showRun } from "./show-run.ts";
import type { ModelTraining, ShownDataset, Training, TrainingOptions } from "./training.ts";
import { watchModels } from "./watch-models.ts";

const ruleOf = ({ models = {}, defaults = {} }: TrainingOptions, model: string): ModelTraining => ({
  ...defaults,
  ...models[model],
  run: { ...defaults.run, ...models[model]?.run },
});

/**
 * Samples and retraining for the models of a store: what the server's routes call. Runs go to workers through Redis where
 * `redisUrl` names one, else to a child process. Runs that a process before this one began are gone on with.
 */
export async function openTraining(options: TrainingOptions): Promise<Training> {
  const { storeUrl, dir, env = process.env, log = () => undefined, pollMs = 2000 } = options;
  const { allowHttp = false, now } = options;
  const store = lazyStore(storeUrl, () =>
    openStore(storeUrl, { env, allowHttp, forWriting: true, log }),
  );
  const known = new Map<string, string>();
  const commit = options.commit ?? (await currentCommit(env));
  const samples = openSamples({
    store,
    spoolDir: join(dir, "spool"),
    rules: (model) => ruleOf(options, model),
    log,
    ...(options.limits && { limits: options.limits }),
    ...(options.quotas && { quotas: options.quotas }),
    ...(now && { now }),
  });
  const queue = await openQueue(options, join(dir, "work"));
  queue.listen((event) => {
    const model = known.get(event.run);
    if (event.type !== "state" || model === undefined) return;
    if (event.state === "queued" || event.state === "running") return;
    readRun(store, model, event.run).then(
      (record) => options.onEnded?.(record),
      (error: unknown) => log(`${event.run}: its end was not read: ${String(error)}`),
    );
  });

  async function onlyModel(given: string | undefined): Promise<string> {
    if (given !== undefined) {
      if (isModelName(given)) return given;
      throw new PipelineError("E_USAGE", `"${printable(given, 100)}" is no model name`);
    }
    const configured = Object.keys(options.models ?? {});
    const all = configured.length > 0 ? configured : await listTrained(store);
    const [only] = all;
    if (only !== undefined && all.length === 1) return only;
    const names = all.slice(0, 20).join(", ") || "there is none yet";
    throw new PipelineError("E_USAGE", `which model? Give "model", one of: ${names}`);
  }

  /** The record of a run, whatever its model. */
  async function find(id: string): Promise<RunRecord> {
    const model = known.get(id);
    if (model !== undefined) return await readRun(store, model, id);
    for (const each of isRunId(id) ? await listTrained(store) : []) {
      const found = await store.stat(datasetKeys.run(each, id));
      if (found === undefined) continue;
      known.set(id, each);
      return await readRun(store, each, id);
    }
    throw new PipelineError("E_NOT_FOUND", `${printable(id, 60)}: no such run at ${store.url}`);
  }

  async function start(
    model: string,
    wish: { minSamples?: number; minNewSamples?: number; reason?: string } = {},
  ): Promise<CreatedRun> {
    const config = ruleOf(options, model).run ?? {};
    const created = await createRun({ store, model, config, commit, now, ...wish });
    if (created.status === "started") {
      known.set(created.run, model);
      try {
        await queue.enqueue(model, created.run);
      } catch (error) {
        // Nobody will take it: it ends here, so that the next one may begin.
        await end(await readRun(store, model, created.run), "failed", {
          code: codeOf(error) ?? "E_NETWORK",
          message: `${created.run}: nobody could be asked to do it: ${(error as Error).message}`,
        });
        throw error;
      }
    }
    return created;
  }

  /** Ends a run that nobody works on. */
  async function end(
    record: RunRecord,
    state: "cancelled" | "failed",
    error: NonNullable<RunRecord["error"]>,
  ): Promise<RunRecord> {
    const ended = { ...record, state, ended_at: (now?.() ?? new Date()).toISOString(), error };
    await writeRun(store, ended);
    await freeLock(store, record);
    return ended;
  }

  async function summary(model: string): Promise<ShownDataset> {
    const { samples: total, fresh } = await countNew(store, model);
    const held = await listOriginals(store, model, { quarantine: true });
    const expected = (ruleOf(options, model).classes ?? []).map((name) => [name, 0]);
    const classes = {
      ...(Object.fromEntries(expected) as Record<string, number>),
      ...countClasses(await listOriginals(store, model)),
    };
    return { model, samples: total, newSamples: fresh, quarantined: held.length, classes };
  }

  const watch = watchModels({
    scheduled: options.models ?? {},
    // With a threshold for all, models that are configured nowhere are looked at too.
    models: async () => {
      const given = Object.keys(options.models ?? {});
      const all = options.defaults?.newSamples === undefined ? [] : await listTrained(store);
      return [...new Set([...given, ...all])];
    },
    newSamples: (model) => ruleOf(options, model).newSamples,
    watchMs: options.watchMs ?? 60_000,
    log,
    start,
    // Runs of a process that is gone, of this machine or another, are gone on with.
    resume: async () => {
      for (const model of await listTrained(store)) {
        for (const record of await listRuns(store, model, { limit: 5 })) {
          if (hasEnded(record) || (await lockedBy(store, model, now?.())) !== undefined) continue;
          known.set(record.run, model);
          await queue.enqueue(model, record.run);
        }
      }
    },
  });

  return {
    async upload({ model, className, bytes, fileName, from }) {
      const added = await samples.add({
        model: await onlyModel(model),
        class: className,
        bytes,
        name: fileName,
        from,
      });
      const { key, class: label, state, quarantine } = added;
      return {
        path: key,
        class: label,
        stored: state !== "waiting",
        ...(state === "duplicate" && { duplicate: true }),
        ...(quarantine !== undefined && { quarantined: quarantine }),
      };
    },
    async retrain({ model: given, min_samples, min_new_samples, trigger_reason }) {
      const model = await onlyModel(given);
      await samples.send();
      const created = await start(model, {
        ...(min_samples !== undefined && { minSamples: min_samples }),
        ...(min_new_samples !== undefined && { minNewSamples: min_new_samples }),
        ...(trigger_reason !== undefined && { reason: trigger_reason }),
      });
      if (created.status === "not_enough_samples") {
        const { have, need, isNew, status } = created;
        const what = isNew ? "new samples since the last training" : "samples";
        return {
          success: false,
          message: `${model} has ${have} ${what}, ${need} are needed`,
          status,
          have,
          need,
        };
      }
      const { status, run } = created;
      const isStarted = status === "started";
      const message = isStarted
        ? `Retraining of ${model} started`
        : `${model} is being retrained already`;
      return { success: isStarted, message, status, run };
    },
    async runs() {
      const models = await listTrained(store);
      const records = (await Promise.all(models.map((model) => listRuns(store, model)))).flat();
      for (const { run, model } of records) known.set(run, model);
      return records.sort((a, b) => (a.run < b.run ? 1 : -1)).map(showRun);
    },
    run: async (id) => showRun(await find(id)),
    async *events(id, { signal }) {
      const { model } = await find(id);
      const read = (): Promise<RunRecord> => readRun(store, model, id);
      yield* runEvents({ run: id, read, listen: queue.listen, pollMs, signal });
    },
    async cancel(id) {
      const record = await find(id);
      if (hasEnded(record)) {
        throw new PipelineError("E_CONFLICT", `${id}: has ended already: ${record.state}`);
      }
      const key = datasetKeys.cancel(record.model, id);
      await store.write(key, bytesSource(Buffer.from("{}\n"), key));
      if (record.state !== "queued") return showRun(record);
      // Nobody may be working on it: what waits ends here, and a worker that takes it finds that it has ended.
      const message = `${id}: cancelled before it began`;
      const cancelled = await end(record, "cancelled", { code: "E_CANCELLED", message });
      return showRun(cancelled);
    },
    async datasets() {
      const models = new Set([...Object.keys(options.models ?? {}), ...(await listTrained(store))]);
      return await Promise.all([...models].sort().map(summary));
    },
    async dataset(model) {
      const held = await listOriginals(store, model, { quarantine: true });
      const quarantine = await Promise.all(
        held
          .slice(0, 500)
          .map(async ({ name, class: label, size, sha256: digest = "", modifiedAt }) => {
            const found = await readJson(store, datasetKeys.provenance(model, digest));
            return {
              id: name,
              class: label,
              reason: readRecord(found?.json)?.quarantine ?? "unknown",
              size,
              ...(modifiedAt && { at: modifiedAt.toISOString() }),
            };
          }),
      );
      return { ...(await summary(model)), quarantine };
    },
    async close() {
      await watch.close();
      await queue.close();
      await samples.close();
      await store.close();
    },
  };
}

/** Lets the next run begin. A worker that has just taken the run lets go itself. */
async function freeLock(store: Driver, { model, run }: RunRecord): Promise<void> {
  try {
    const lock = await takeLock({ store, model, run, owner: newToken(), ttlMs: 10_000 });
    await lock.release();
  } catch (error) {
    if (codeOf(error) !== "E_LOCKED") throw error;
  }
}

const newToken = (): string => randomBytes(8).toString("hex");

async function openQueue(options: TrainingOptions, workRoot: string): Promise<RunQueue> {
  const { storeUrl, redisUrl, trainModule, lockMs, beatMs, allowHttp, log, env } = options;
  const job = {
    storeUrl,
    workRoot,
    ...(trainModule !== undefined && { trainModule }),
    ...(allowHttp !== undefined && { allowHttp }),
    ...(lockMs !== undefined && { lockMs }),
    ...(beatMs !== undefined && { beatMs }),
    ...(log && { log }),
  };
  if (redisUrl === undefined) return localQueue({ ...job, ...(env && { env }) });
  const { redisQueue } = await import("./queue/redis-queue.ts");
  return await redisQueue({ storeUrl, redisUrl, ...(log && { log }) });
}
