import type { Loaded } from "../child/protocol.ts";
import type { InferenceError } from "../error.ts";
import type { VersionState, VersionStatus } from "../models.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { ended } from "./ended.ts";
import { isWanted, loadError } from "./load-error.ts";
import { ModelProcess } from "./model-process.ts";
import type { RunnerOptions } from "./runner-options.ts";

/** What the owner of a process hears. */
export interface ProcessWatcher {
  /** It is loaded, and can be asked. */
  ready(): void;
  /** It will not be there for a while: what waits has to fail. */
  gone(error: unknown): void;
}

/** The process of a version over time: started when needed, started again after a crash, ended when told. */
export class VersionProcess {
  state: VersionState = "unloaded";
  reason: VersionStatus["reason"];
  loaded: Loaded | undefined;
  loadedAt: Date | undefined;
  loadMs: number | undefined;
  readonly #options: RunnerOptions;
  readonly #watcher: ProcessWatcher;
  readonly #breaker: CircuitBreaker;
  #process: ModelProcess | undefined;
  #starting: Promise<void> | undefined;
  #restart: NodeJS.Timeout | undefined;
  #memoryBytes = 0;
  #closed: InferenceError | undefined;
  /** Counts stops, so that a start that was under way notices. */
  #stops = 0;

  constructor(options: RunnerOptions, watcher: ProcessWatcher) {
    this.#options = options;
    this.#watcher = watcher;
    this.#breaker = new CircuitBreaker(options.restart, options.now);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Bytes of memory, as last told; 0 while there is no process. */
  get memoryBytes(): number {
    return this.#process === undefined ? 0 : this.#memoryBytes;
  }

  get starting(): boolean {
    return this.#starting !== undefined || this.#restart !== undefined;
  }

  /** Milliseconds for which no start is tried, after too many crashes. */
  get refusedMs(): number {
    return this.#breaker.openMs;
  }

  /** The process, if it can be asked now. */
  get live(): ModelProcess | undefined {
    const able = this.#process?.alive === true && this.#starting === undefined;
    return able ? this.#process : undefined;
  }

  /** Starts the process and loads the model; at once where that was done. @throws InferenceError why not. */
  start(): Promise<void> {
    if (this.live !== undefined) return Promise.resolve();
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined;
      if (this.live !== undefined) this.#watcher.ready();
    });
    return this.#starting;
  }

  /** Notes what a good answer tells. */
  answered(memoryBytes: number): void {
    this.#memoryBytes = memoryBytes;
    this.#breaker.answered();
  }

  configure(): void {
    this.live?.configure(this.#options.config());
  }

  /** Ends the process. A later start is possible unless `forGood`. */
  async stop(error: InferenceError = ended(), forGood = false): Promise<void> {
    if (forGood) this.#closed ??= error;
    this.#stops += 1;
    clearTimeout(this.#restart);
    this.#restart = undefined;
    const child = this.#process;
    this.#process = undefined;
    if (this.state !== "failed") this.state = "unloaded";
    if (child === undefined) return;
    // A start that still waits for memory notices by itself: whoever evicts holds what it waits for.
    await child.kill(error);
    await this.#starting?.catch(() => undefined);
  }

  async #launch(): Promise<void> {
    const { events, now, files, session, batching, loadTimeoutMs, config } = this.#options;
    clearTimeout(this.#restart);
    this.#restart = undefined;
    this.state = "loading";
    events.state("loading");
    const begin = now();
    const stops = this.#stops;
    let child: ModelProcess | undefined;
    try {
      await this.#options.admit();
      if (this.#closed !== undefined || stops !== this.#stops) throw this.#closed ?? ended();
      child = new ModelProcess(this.#options.process);
      this.#process = child;
      const watched = child;
      void child.exited.then(() => this.#onExit(watched));
      const request = { type: "load", files, config: config(), session, batching } as const;
      this.loaded = await child.load(request, loadTimeoutMs);
    } catch (cause) {
      const error = await loadError(cause, files, child);
      if (this.#process === child) this.#process = undefined;
      await child?.kill(error);
      this.state = isWanted(error) ? "unloaded" : "failed";
      this.reason = { code: error.code, message: error.message };
      events.ended();
      if (!isWanted(error)) events.trouble("failed", error);
      throw error;
    }
    // What was configured while it loaded.
    child.configure(config());
    this.#memoryBytes = this.loaded.memoryBytes;
    this.loadMs = Math.round(now() - begin);
    this.loadedAt = new Date(now());
    this.reason = undefined;
    this.state = "ready";
    events.ended();
    events.state("loaded");
  }

  #onExit(child: ModelProcess): void {
    if (this.#process !== child || this.#starting !== undefined) return;
    this.#process = undefined;
    const { reason } = child;
    if (this.#closed !== undefined || (reason !== undefined && isWanted(reason))) return;
    this.#options.events.trouble(
      reason === undefined ? "crashed" : "timeout",
      reason ?? child.crash(),
    );
    const delayMs = this.#breaker.crashed();
    this.state = "loading";
    if (this.refusedMs > 0) this.#watcher.gone(undefined);
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      this.start().catch((error: unknown) => this.#watcher.gone(error));
    }, delayMs);
  }
}
