import { printable } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import { mainFile } from "../main-file.ts";
import type { ModelFiles } from "../model-files.ts";
import type { ModelEvent, Models, SwapOptions, SwapResult } from "../models.ts";
import { Runner } from "../runner/runner.ts";
import { inferenceDefaults } from "../settings.ts";
import { type ModelEntry, modelStatus } from "./model-entry.ts";
import type { ModelsOptions } from "./models-options.ts";
import { versionIdentity } from "./version-identity.ts";

/** All models that this process serves, each version in a child process of its own. Nothing is loaded yet. */
export function openModels(options: ModelsOptions = {}): Models {
  const { now = Date.now, drainMs = inferenceDefaults.drainMs } = options;
  const entries = new Map<string, ModelEntry>();
  const listeners = new Set<(event: ModelEvent) => void>();
  let closed = false;

  const emit = (event: ModelEvent): void => {
    for (const listener of listeners) listener(event);
  };

  const entryOf = (name: string): ModelEntry => {
    if (closed) throw new InferenceError("E_CLOSED", "the models were closed");
    let entry = entries.get(name);
    if (entry === undefined) {
      entry = {
        name,
        generation: 0,
        serving: undefined,
        runners: new Set(),
        config: {},
        pinned: false,
        swap: undefined,
      };
      entries.set(name, entry);
    }
    return entry;
  };

  const makeRunner = (entry: ModelEntry, files: ModelFiles): Runner => {
    const about = (): { at: Date; model: string; version: string } => ({
      at: new Date(now()),
      model: entry.name,
      version: files.version,
    });
    return new Runner({
      files,
      digest: mainFile(files).sha256,
      identity: versionIdentity(files),
      config: () => entry.config,
      session: { ...inferenceDefaults.session, ...options.session },
      process: { ...inferenceDefaults.process, ...options.process },
      batching: { ...inferenceDefaults.batching, ...options.batching },
      restart: { ...inferenceDefaults.restart, ...options.restart },
      maxQueue: options.maxQueue ?? inferenceDefaults.maxQueue,
      timeoutMs: options.timeoutMs ?? inferenceDefaults.timeoutMs,
      loadTimeoutMs: options.loadTimeoutMs ?? inferenceDefaults.loadTimeoutMs,
      now,
      admit: () => Promise.resolve(),
      events: {
        state: (type) => emit({ ...about(), type }),
        trouble: (type, { code, message }) => emit({ ...about(), type, code, message }),
        outcome: () => undefined,
      },
    });
  };

  const retire = (entry: ModelEntry, runner: Runner, limitMs: number): Promise<void> =>
    runner.close(limitMs).finally(() => entry.runners.delete(runner));

  const swapNow = async (
    entry: ModelEntry,
    candidate: ModelFiles,
    superseded: Promise<never>,
  ): Promise<SwapResult> => {
    const begin = now();
    const runner = makeRunner(entry, candidate);
    entry.runners.add(runner);
    const previous = entry.serving;
    try {
      await Promise.race([runner.start(), superseded]);
    } catch (cause) {
      await retire(entry, runner, 0);
      throw cause;
    }
    entry.serving = runner;
    entry.generation += 1;
    emit({ at: new Date(now()), model: entry.name, version: candidate.version, type: "swapped" });
    if (previous !== undefined) void retire(entry, previous, drainMs);
    return {
      model: entry.name,
      generation: entry.generation,
      version: candidate.version,
      ...(previous === undefined ? {} : { previous: previous.files.version }),
      outcome: "swapped",
      plan: "side-by-side",
      durationMs: now() - begin,
    };
  };

  const swap = async (
    candidate: ModelFiles,
    { force = false }: SwapOptions,
  ): Promise<SwapResult> => {
    const entry = entryOf(candidate.model);
    const identity = versionIdentity(candidate);
    const { serving, swap: running } = entry;
    if (running?.identity === identity && (running.force || !force)) return running.result;
    running?.supersede();
    if (serving?.identity === identity && serving.files.version === candidate.version) {
      await serving.start();
      return {
        model: entry.name,
        generation: entry.generation,
        version: candidate.version,
        outcome: "unchanged",
        plan: "side-by-side",
        durationMs: 0,
      };
    }
    let supersede: () => void = () => undefined;
    const superseded = new Promise<never>((_, reject) => {
      supersede = () =>
        reject(
          new InferenceError(
            "E_SUPERSEDED",
            `${printable(candidate.model)}: a newer version was asked for`,
          ),
        );
    });
    superseded.catch(() => undefined);
    const result = swapNow(entry, candidate, superseded);
    const mine = { identity, force, result, supersede };
    entry.swap = mine;
    try {
      return await result;
    } finally {
      if (entry.swap === mine) entry.swap = undefined;
    }
  };

  return {
    swap: (candidate, swapOptions = {}) => swap(candidate, swapOptions),
    async loadBeside(candidate) {
      const entry = entryOf(candidate.model);
      const runner = makeRunner(entry, candidate);
      entry.runners.add(runner);
      try {
        await runner.start();
      } catch (cause) {
        entry.runners.delete(runner);
        throw cause;
      }
    },
    async predict(model, input, predictOptions = {}) {
      const entry = entries.get(model);
      const { version, signal } = predictOptions;
      const runner =
        version === undefined
          ? entry?.serving
          : [...(entry?.runners ?? [])].findLast(({ files }) => files.version === version);
      if (runner === undefined) {
        const what = `${printable(model)}${version === undefined ? "" : ` ${printable(version)}`}`;
        throw new InferenceError("E_USAGE", `${what}: not loaded: load it first`);
      }
      const answer = await runner.predict({
        input,
        ...(version === undefined ? {} : { bound: true }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { model, ...answer };
    },
    configure(model, config) {
      const entry = entryOf(model);
      entry.config = config;
      for (const runner of entry.runners) runner.configure();
      emit({ at: new Date(now()), model, type: "config" });
    },
    pin(model, pinned) {
      entryOf(model).pinned = pinned;
    },
    async unload(model, version) {
      const entry = entries.get(model);
      if (entry === undefined) return;
      const gone = [...entry.runners].filter(
        ({ files }) => version === undefined || files.version === version,
      );
      if (entry.serving !== undefined && gone.includes(entry.serving)) entry.serving = undefined;
      await Promise.all(gone.map((runner) => retire(entry, runner, drainMs)));
    },
    status: () => [...entries.values()].map(modelStatus),
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close({ drainMs: limitMs = drainMs } = {}) {
      closed = true;
      await Promise.all(
        [...entries.values()].flatMap((entry) =>
          [...entry.runners].map((runner) => retire(entry, runner, limitMs)),
        ),
      );
    },
  };
}
