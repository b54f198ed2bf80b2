import { totalmem } from "node:os";
import { InferenceError } from "../error.ts";
import { mainFile } from "../main-file.ts";
import { MemoryBudget } from "../memory/memory-budget.ts";
import { memoryLimit } from "../memory/memory-limit.ts";
import { sampledBytes } from "../memory/process-bytes.ts";
import type { ModelFiles } from "../model-files.ts";
import type { ModelEvent } from "../models.ts";
import { Runner } from "../runner/runner.ts";
import { inferenceDefaults } from "../settings.ts";
import { RefusedVersions } from "../swap/refused-versions.ts";
import { type ModelEntry, newEntry } from "./model-entry.ts";
import type { ModelsOptions } from "./models-options.ts";
import { versionIdentity } from "./version-identity.ts";

/** An event without what every event has. */
type Told = ModelEvent extends infer Each
  ? Each extends ModelEvent
    ? Omit<Each, "at" | "model">
    : never
  : never;

/** What all parts of `openModels` work with: the models, their memory, and who listens. */
export class Core {
  readonly entries = new Map<string, ModelEntry>();
  readonly listeners = new Set<(event: ModelEvent) => void>();
  readonly budget: MemoryBudget;
  readonly refused: RefusedVersions;
  readonly now: () => number;
  readonly random: () => number;
  readonly drainMs: number;
  readonly maxQueue: number;
  /** Hears how every prediction of a version ended. */
  onOutcome: (
    entry: ModelEntry,
    runner: Runner,
    durationMs: number,
    code: string | undefined,
  ) => void = () => undefined;
  closed = false;
  readonly #options: ModelsOptions;

  constructor(options: ModelsOptions) {
    this.#options = options;
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
    this.drainMs = options.drainMs ?? inferenceDefaults.drainMs;
    this.maxQueue = options.maxQueue ?? inferenceDefaults.maxQueue;
    this.refused = new RefusedVersions(options.stateDir);
    this.budget = new MemoryBudget({
      limitBytes: options.memoryBudgetBytes ?? memoryLimit(),
      ownBytes: options.ownBytes ?? sampledBytes(5000, this.now),
      countBytes: options.countBytes ?? ((bytes) => bytes),
      now: this.now,
      runners: () => this.#allRunners(),
      onEvict: ({ files }) => this.tell(files.model, { type: "evicted", version: files.version }),
    });
  }

  /** The entry of a model, made where there is none. @throws InferenceError `E_CLOSED`. */
  entryOf(name: string): ModelEntry {
    this.checkOpen();
    let entry = this.entries.get(name);
    if (entry === undefined) {
      entry = newEntry(name);
      this.entries.set(name, entry);
    }
    return entry;
  }

  checkOpen(): void {
    if (this.closed) throw new InferenceError("E_CLOSED", "the models were closed");
  }

  tell(model: string, event: Told): void {
    const whole: ModelEvent = { at: new Date(this.now()), model, ...event };
    for (const listener of this.listeners) listener(whole);
  }

  /** A version beside those that the entry has. Nothing is started. */
  addRunner(entry: ModelEntry, files: ModelFiles): Runner {
    const options = this.#options;
    const { version } = files;
    const runner: Runner = new Runner({
      files,
      digest: files.digest ?? mainFile(files).sha256,
      identity: versionIdentity(files),
      config: () => entry.config,
      session: { ...inferenceDefaults.session, ...options.session },
      process: {
        ...inferenceDefaults.process,
        dataLimitBytes: this.budget.limitBytes ?? totalmem(),
        ...options.process,
      },
      batching: { ...inferenceDefaults.batching, ...options.batching },
      restart: { ...inferenceDefaults.restart, ...options.restart },
      maxQueue: this.maxQueue,
      timeoutMs: options.timeoutMs ?? inferenceDefaults.timeoutMs,
      loadTimeoutMs: options.loadTimeoutMs ?? inferenceDefaults.loadTimeoutMs,
      now: this.now,
      admit: () => this.budget.admit(runner),
      events: {
        state: (type) => this.tell(entry.name, { type, version }),
        ended: () => this.budget.settle(runner),
        trouble: (type, { code, message }) =>
          this.tell(entry.name, { type, version, code, message }),
        outcome: (durationMs, code) => this.onOutcome(entry, runner, durationMs, code),
      },
    });
    entry.runners.add(runner);
    return runner;
  }

  /** Lets a version answer what it was asked, at most `drainMs`, then ends it for good. */
  retire(
    entry: ModelEntry,
    runner: Runner,
    drainMs = this.drainMs,
    error?: InferenceError,
  ): Promise<void> {
    return runner.close(drainMs, error).finally(() => {
      this.budget.settle(runner);
      entry.runners.delete(runner);
    });
  }

  *#allRunners(): Iterable<{ readonly runner: Runner; readonly pinned: boolean }> {
    for (const { runners, pinned } of this.entries.values()) {
      for (const runner of runners) yield { runner, pinned };
    }
  }
}
