import type { Loaded } from "../child/protocol.ts";
import { InferenceError } from "../error.ts";
import type { ModelConfig } from "../model-config.ts";
import type { ModelFiles } from "../model-files.ts";
import type { VersionState, VersionStatus } from "../models.ts";
import type {
  BatchSettings,
  ProcessSettings,
  RestartSettings,
  SessionSettings,
} from "../settings.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { type Answer, aborted, Job, type JobRequest } from "./job.ts";
import { Latency } from "./latency.ts";
import { ModelProcess } from "./model-process.ts";

/** What a runner tells: its own state, and how each prediction ended. */
export interface RunnerEvents {
  state(type: "loading" | "loaded" | "unloaded"): void;
  trouble(type: "failed" | "crashed" | "timeout", error: InferenceError): void;
  /** `code` is absent for a good answer. */
  outcome(durationMs: number, code: string | undefined): void;
}

export interface RunnerOptions {
  readonly files: ModelFiles;
  /** SHA-256 of the main file. */
  readonly digest: string;
  /** Of all files together. */
  readonly identity: string;
  readonly config: () => ModelConfig;
  readonly session: SessionSettings;
  readonly process: ProcessSettings;
  readonly batching: BatchSettings;
  readonly restart: RestartSettings;
  readonly maxQueue: number;
  readonly timeoutMs: number;
  readonly loadTimeoutMs: number;
  readonly now: () => number;
  /** Waits until there is memory for this version. @throws InferenceError `E_MEMORY`. */
  readonly admit: (runner: Runner) => Promise<void>;
  readonly events: RunnerEvents;
}

const ended = (): InferenceError =>
  new InferenceError("E_CLOSED", "this version of the model was unloaded");

/**
 * One version of a model: a bounded queue in front of its process. The process is started when it is needed, again after
 * a crash, and what waits in the queue waits for that.
 */
export class Runner {
  readonly files: ModelFiles;
  readonly digest: string;
  readonly identity: string;
  state: VersionState = "unloaded";
  reason: VersionStatus["reason"];
  loaded: Loaded | undefined;
  loadedAt: Date | undefined;
  loadMs: number | undefined;
  /** Milliseconds of the clock at the last prediction. */
  usedAt: number;
  requests = 0;
  errors = 0;
  readonly latency = new Latency();
  readonly #options: RunnerOptions;
  readonly #breaker: CircuitBreaker;
  #queue: Job[] = [];
  #active: readonly Job[] = [];
  #process: ModelProcess | undefined;
  #starting: Promise<void> | undefined;
  #restart: NodeJS.Timeout | undefined;
  #memoryBytes = 0;
  #held = false;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.files = options.files;
    this.digest = options.digest;
    this.identity = options.identity;
    this.usedAt = options.now();
    this.#breaker = new CircuitBreaker(options.restart, options.now);
  }

  get queued(): number {
    return this.#queue.length;
  }

  get busy(): boolean {
    return this.#queue.length > 0 || this.#active.length > 0;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Bytes resident in the process, as last told; 0 while there is none. */
  get memoryBytes(): number {
    return this.#process === undefined ? 0 : this.#memoryBytes;
  }

  get starting(): boolean {
    return this.#starting !== undefined;
  }

  /** Answers one input. @throws InferenceError `E_BUSY` at once when the queue is full. */
  predict(request: JobRequest): Promise<Answer> {
    const { now, config, maxQueue } = this.#options;
    if (this.#closed) return Promise.reject(ended());
    if (request.signal?.aborted === true) return Promise.reject(aborted());
    const { openMs } = this.#breaker;
    if (openMs > 0) {
      return Promise.reject(this.#busy("its process ended again and again", openMs));
    }
    const limit = config().max_queue ?? maxQueue;
    if (this.#queue.length >= limit) {
      const waitMs = this.latency.mean() * this.#queue.length;
      return Promise.reject(this.#busy(`${limit} predictions wait already`, waitMs));
    }
    this.usedAt = now();
    const job = new Job(request, now(), (gone) => {
      this.#queue = this.#queue.filter((each) => each !== gone);
      this.#settleIdle();
    });
    this.#queue.push(job);
    this.#pump();
    return job.answer;
  }

  /** Starts the process and loads the model; at once where that was done. */
  start(): Promise<void> {
    if (this.state === "ready" && this.#process?.alive === true) return Promise.resolve();
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  configure(): void {
    this.#process?.configure(this.#options.config());
  }

  /** Finishes what runs, keeps what waits, and ends the process, until `release`. */
  async hold(): Promise<void> {
    this.#held = true;
    await this.#waitFor(() => this.#active.length === 0);
    await this.#stop();
    this.state = "unloaded";
  }

  release(): void {
    this.#held = false;
    this.#pump();
  }

  /** What waits here waits for `other` instead; what is bound to this version fails. */
  moveQueue(other: Runner): void {
    const waiting = this.#queue.splice(0);
    for (const job of waiting) if (job.request.bound === true) job.fail(ended());
    other.#queue.push(...waiting.filter((job) => job.request.bound !== true));
    this.#settleIdle();
    other.#pump();
  }

  /** Ends the process of a version that nobody asks at the moment; the next prediction starts it again. */
  async evict(): Promise<void> {
    await this.#stop();
    this.state = "unloaded";
    this.#options.events.state("unloaded");
    this.#pump();
  }

  /** Answers what it was asked, at most `drainMs`, then ends for good. */
  async close(drainMs: number, error: InferenceError = ended()): Promise<void> {
    if (this.#closed) return;
    if (this.state === "ready") this.state = "draining";
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#waitFor(() => !this.busy),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, drainMs);
      }),
    ]);
    clearTimeout(timer);
    this.#closed = true;
    this.#failQueue(error);
    await this.#stop(error);
    if (this.state !== "failed") this.state = "unloaded";
    this.#options.events.state("unloaded");
  }

  #busy(why: string, waitMs: number): InferenceError {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    return new InferenceError(
      "E_BUSY",
      `${this.files.model} ${this.files.version}: ${why}: try again in ${seconds} s`,
      { retryAfterSeconds: seconds },
    );
  }

  async #launch(): Promise<void> {
    const { events, now, files, session, batching, loadTimeoutMs, config } = this.#options;
    clearTimeout(this.#restart);
    this.#restart = undefined;
    this.state = "loading";
    events.state("loading");
    const begin = now();
    let child: ModelProcess | undefined;
    try {
      await this.#options.admit(this);
      if (this.#closed) throw ended();
      child = new ModelProcess(this.#options.process);
      this.#process = child;
      const watched = child;
      void child.exited.then(() => this.#onExit(watched));
      this.loaded = await child.load(
        { type: "load", files, config: config(), session, batching },
        loadTimeoutMs,
      );
    } catch (cause) {
      const error = await this.#loadError(cause, child);
      if (this.#process === child) this.#process = undefined;
      await child?.kill(error);
      this.state = "failed";
      this.reason = { code: error.code, message: error.message };
      events.trouble("failed", error);
      throw error;
    }
    // What was configured while it loaded.
    child.configure(config());
    this.#memoryBytes = this.loaded.memoryBytes;
    this.loadMs = Math.round(now() - begin);
    this.loadedAt = new Date(now());
    this.reason = undefined;
    this.state = "ready";
    events.state("loaded");
    this.#pump();
  }

  /** A crash while loading is the model's fault, unless the system took the process away. */
  async #loadError(cause: unknown, child: ModelProcess | undefined): Promise<InferenceError> {
    const what = `${this.files.model} ${this.files.version}`;
    if (!(cause instanceof InferenceError)) {
      return new InferenceError("E_MODEL", `${what}: ${String(cause)}`, { cause });
    }
    if (cause.code !== "E_CRASH" || child === undefined) {
      const { code, message } = cause;
      return code === "E_CLOSED"
        ? cause
        : new InferenceError(code, `${what}: ${message}`, { cause });
    }
    const { signal } = await child.exited;
    return signal === "SIGKILL"
      ? new InferenceError(
          "E_MEMORY",
          `${what}: the system ended its process while it loaded, most likely for want of memory`,
          { cause },
        )
      : new InferenceError("E_MODEL", `${what}: ${cause.message} while it loaded`, { cause });
  }

  #onExit(child: ModelProcess): void {
    if (this.#process !== child || this.#starting !== undefined) return;
    this.#process = undefined;
    const { reason } = child;
    if (this.#closed || (reason !== undefined && reason.code !== "E_TIMEOUT")) return;
    const error = reason ?? child.crash();
    this.#options.events.trouble(reason === undefined ? "crashed" : "timeout", error);
    const delayMs = this.#breaker.crashed();
    this.state = "loading";
    const { openMs } = this.#breaker;
    if (openMs > 0) this.#failQueue(this.#busy("its process ended again and again", openMs));
    if (this.#held) return;
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      this.start().catch((cause: unknown) => this.#failQueue(cause));
    }, delayMs);
  }

  #pump(): void {
    this.#settleIdle();
    if (this.#held || this.#closed || this.#active.length > 0 || this.#queue.length === 0) return;
    if (this.#starting !== undefined || this.#restart !== undefined) return;
    const child = this.#process;
    if (this.state === "ready" || this.state === "draining") {
      if (child?.alive === true) return void this.#run(child, this.#takeBatch());
      if (child !== undefined) return;
    }
    this.start().catch((cause: unknown) => this.#failQueue(cause));
  }

  #takeBatch(): readonly Job[] {
    const [first] = this.#queue;
    const most = first?.alone === true ? 1 : (this.loaded?.maxBatch ?? 1);
    const end = this.#queue.findIndex(({ alone }, index) => index > 0 && alone);
    return this.#queue.splice(0, end < 0 ? most : Math.min(most, end));
  }

  async #run(child: ModelProcess, batch: readonly Job[]): Promise<void> {
    const { now, config, timeoutMs } = this.#options;
    this.#active = batch;
    const startedAt = now();
    for (const job of batch) job.startedAt = startedAt;
    const jobs = batch.map(({ request: { input, plain } }) => ({
      input,
      ...(plain === true && { plain }),
    }));
    try {
      const done = await child.run({ type: "run", jobs }, config().timeout_ms ?? timeoutMs);
      this.#memoryBytes = done.memoryBytes;
      this.#breaker.answered();
      batch.forEach((job, index) => {
        const result = done.results[index];
        if (result !== undefined && "output" in result)
          this.#succeed(job, startedAt, result.output);
        else {
          const { code = "E_MODEL", message = "no answer" } = result?.error ?? {};
          this.#fail(job, new InferenceError(code, `${this.files.model}: ${message}`));
        }
      });
    } catch (cause) {
      this.#runFailed(batch, cause);
    } finally {
      this.#active = [];
      this.#pump();
    }
  }

  #runFailed(batch: readonly Job[], cause: unknown): void {
    const error =
      cause instanceof InferenceError ? cause : new InferenceError("E_CRASH", String(cause));
    if (error.code === "E_CRASH" && batch.length > 1) {
      const waiting = batch.filter(({ settled }) => !settled);
      for (const job of waiting) job.alone = true;
      this.#queue.unshift(...waiting);
      return;
    }
    const { code, message, retryAfterSeconds } = error;
    const named = new InferenceError(
      code,
      `${this.files.model} ${this.files.version}: ${message}`,
      {
        cause,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      },
    );
    for (const job of batch) this.#fail(job, named);
  }

  #succeed(job: Job, startedAt: number, output: Answer["output"]): void {
    const durationMs = this.#options.now() - job.arrivedAt;
    const { digest } = this;
    this.requests += 1;
    this.latency.add(durationMs);
    const queuedMs = startedAt - job.arrivedAt;
    job.succeed({ version: this.files.version, digest, output, durationMs, queuedMs });
    this.#options.events.outcome(durationMs, undefined);
  }

  #fail(job: Job, error: InferenceError): void {
    this.requests += 1;
    this.errors += 1;
    job.fail(error);
    this.#options.events.outcome(this.#options.now() - job.arrivedAt, error.code);
  }

  #failQueue(cause: unknown): void {
    for (const job of this.#queue.splice(0)) job.fail(cause);
    this.#settleIdle();
  }

  async #stop(error: InferenceError = ended()): Promise<void> {
    clearTimeout(this.#restart);
    this.#restart = undefined;
    const child = this.#process;
    this.#process = undefined;
    await child?.kill(error);
  }

  #waitFor(state: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (state()) resolve();
        else this.#idle.push(check);
      };
      check();
    });
  }

  #settleIdle(): void {
    for (const check of this.#idle.splice(0)) check();
  }
}
