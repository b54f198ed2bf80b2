import type { Done, Loaded } from "../child/protocol.ts";
import { InferenceError } from "../error.ts";
import type { ModelFiles } from "../model-files.ts";
import type { VersionState, VersionStatus } from "../models.ts";
import { ended } from "./ended.ts";
import { type Answer, aborted, Job, type JobRequest } from "./job.ts";
import { JobQueue } from "./job-queue.ts";
import { Latency } from "./latency.ts";
import { isWanted } from "./load-error.ts";
import type { ModelProcess } from "./model-process.ts";
import type { RunnerOptions } from "./runner-options.ts";
import { VersionProcess } from "./version-process.ts";

/**
 * One version of a model: a bounded queue in front of its process. The process is started when a prediction comes, and
 * what waits in the queue waits for that.
 */
export class Runner {
  readonly files: ModelFiles;
  readonly digest: string;
  readonly identity: string;
  /** Milliseconds of the clock at the last prediction. */
  usedAt: number;
  requests = 0;
  errors = 0;
  readonly latency = new Latency();
  /** It drains, or is gone: nothing new is asked of it. */
  retired = false;
  /** It passed the gates: traffic may find it. */
  approved = false;
  readonly #options: RunnerOptions;
  readonly #process: VersionProcess;
  readonly #queue = new JobQueue();
  #active: readonly Job[] = [];
  #held = false;
  #closed: InferenceError | undefined;
  #idle: (() => void)[] = [];

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.files = options.files;
    this.digest = options.digest;
    this.identity = options.identity;
    this.usedAt = options.now();
    this.#process = new VersionProcess(options, {
      ready: () => this.#pump(),
      gone: (error) => this.#cannotStart(error ?? this.#tooManyCrashes()),
    });
  }

  get queued(): number {
    return this.#queue.length;
  }

  get busy(): boolean {
    return this.#queue.length > 0 || this.#active.length > 0;
  }

  get state(): VersionState {
    const { state } = this.#process;
    if (state !== "ready") return state;
    if (this.retired) return "draining";
    return this.approved ? state : "loading";
  }

  get reason(): VersionStatus["reason"] {
    return this.#process.reason;
  }

  /** What its process told when it was loaded last; kept when it is evicted. */
  get loaded(): Loaded | undefined {
    return this.#process.loaded;
  }

  get loadedAt(): Date | undefined {
    return this.#process.loadedAt;
  }

  get loadMs(): number | undefined {
    return this.#process.loadMs;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Bytes of memory of the process, as last told; 0 while there is none. */
  get memoryBytes(): number {
    return this.#process.memoryBytes;
  }

  get starting(): boolean {
    return this.#process.starting;
  }

  /** Answers one input. @throws InferenceError `E_BUSY` at once when the queue is full. */
  predict(request: JobRequest): Promise<Answer> {
    const { now, config, maxQueue } = this.#options;
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (request.signal?.aborted === true) return Promise.reject(aborted());
    if (this.#process.refusedMs > 0) return Promise.reject(this.#tooManyCrashes());
    const limit = config().max_queue ?? maxQueue;
    if (this.#queue.length >= limit) {
      const waitMs = this.latency.mean() * this.#queue.length;
      return Promise.reject(this.#busy(`${limit} predictions wait already`, waitMs));
    }
    this.usedAt = now();
    const job = new Job(request, now(), (gone) => {
      this.#queue.remove(gone);
      this.#tellIdle();
    });
    this.#queue.push(job);
    this.#pump();
    return job.answer;
  }

  /** Starts the process and loads the model; at once where that was done. */
  start(): Promise<void> {
    return this.#process.start();
  }

  configure(): void {
    this.#process.configure();
  }

  /** Finishes what runs, keeps what waits, and ends the process, until `release`. */
  async hold(): Promise<void> {
    this.#held = true;
    await this.#waitFor(() => this.#active.length === 0);
    await this.#process.stop();
  }

  release(): void {
    this.#held = false;
    this.#pump();
  }

  /** What waits here waits for `other` instead; what is bound to this version fails. */
  moveQueue(other: Runner): void {
    const waiting = this.#queue.takeAll();
    for (const job of waiting) if (job.request.bound === true) job.fail(ended());
    other.#queue.push(...waiting.filter((job) => job.request.bound !== true));
    this.#tellIdle();
    other.#pump();
  }

  /** Ends the process when what runs is answered; the next prediction, or one that waits, starts it again. */
  async evict(): Promise<void> {
    this.#held = true;
    await this.#waitFor(() => this.#active.length === 0);
    await this.#process.stop();
    this.#options.events.state("unloaded");
    this.release();
  }

  /** Answers what it was asked, at most `drainMs`, then ends for good. */
  async close(drainMs: number, error: InferenceError = ended()): Promise<void> {
    this.retired = true;
    if (drainMs > 0 && this.busy) {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, drainMs);
      });
      await Promise.race([this.#waitFor(() => !this.busy), limit]);
      clearTimeout(timer);
    }
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#failQueue(error);
    await this.#process.stop(error, true);
    this.#options.events.state("unloaded");
  }

  #tooManyCrashes(): InferenceError {
    return this.#busy("its process ended again and again", this.#process.refusedMs);
  }

  #busy(why: string, waitMs: number): InferenceError {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    return new InferenceError(
      "E_BUSY",
      `${this.files.model} ${this.files.version}: ${why}: try again in ${seconds} s`,
      { retryAfterSeconds: seconds },
    );
  }

  #pump(): void {
    this.#tellIdle();
    const held = this.#held || this.#closed !== undefined;
    if (held || this.#active.length > 0 || this.#queue.length === 0) return;
    const child = this.#process.live;
    if (child !== undefined) {
      void this.#run(child, this.#queue.take(this.loaded?.maxBatch ?? 1));
    } else if (!this.#process.starting) {
      this.start().catch((error: unknown) => this.#cannotStart(error));
    }
  }

  /** What waits fails with it, unless the start was only interrupted by an eviction: then it begins again. */
  #cannotStart(error: unknown): void {
    const again = error instanceof InferenceError && isWanted(error) && this.#closed === undefined;
    if (again) this.#pump();
    else this.#failQueue(error);
  }

  async #run(child: ModelProcess, batch: readonly Job[]): Promise<void> {
    const { now, config, timeoutMs } = this.#options;
    this.#active = batch;
    const startedAt = now();
    const jobs = batch.map(({ request: { input, plain = false } }) => ({ input, plain }));
    try {
      const done = await child.run({ type: "run", jobs }, config().timeout_ms ?? timeoutMs);
      this.#process.answered(done.memoryBytes);
      batch.forEach((job, index) => this.#settle(job, done.results[index], startedAt));
    } catch (cause) {
      const error = this.#named(cause);
      if (error.code === "E_CRASH" && batch.length > 1) this.#queue.retryAlone(batch);
      else for (const job of batch) this.#fail(job, error);
    } finally {
      this.#active = [];
      this.#pump();
    }
  }

  #settle(job: Job, result: Done["results"][number] | undefined, startedAt: number): void {
    if (result === undefined || "error" in result) {
      const { code = "E_MODEL", message = "no answer" } = result?.error ?? {};
      this.#fail(job, new InferenceError(code, `${this.files.model}: ${message}`));
      return;
    }
    const durationMs = this.#options.now() - job.arrivedAt;
    this.requests += 1;
    this.latency.add(durationMs);
    job.succeed({
      version: this.files.version,
      digest: this.digest,
      output: result.output,
      durationMs,
      queuedMs: startedAt - job.arrivedAt,
    });
    this.#options.events.outcome(durationMs, undefined);
  }

  #named(cause: unknown): InferenceError {
    if (!(cause instanceof InferenceError)) {
      return new InferenceError("E_CRASH", String(cause), { cause });
    }
    const { code, message, retryAfterSeconds } = cause;
    return new InferenceError(code, `${this.files.model} ${this.files.version}: ${message}`, {
      cause,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  }

  #fail(job: Job, error: InferenceError): void {
    this.requests += 1;
    this.errors += 1;
    job.fail(error);
    this.#options.events.outcome(this.#options.now() - job.arrivedAt, error.code);
  }

  #failQueue(error: unknown): void {
    for (const job of this.#queue.takeAll()) job.fail(error);
    this.#tellIdle();
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

  #tellIdle(): void {
    for (const check of this.#idle.splice(0)) check();
  }
}
