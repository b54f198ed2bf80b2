import { InferenceError } from "../error.ts";
import type { ModelInput } from "../model-input.ts";
import type { ModelOutput } from "../prediction.ts";

/** What a version answered to one prediction. */
export interface Answer {
  readonly version: string;
  readonly digest: string;
  readonly output: ModelOutput;
  readonly durationMs: number;
  readonly queuedMs: number;
}

/** What a prediction asks of a version. */
export interface JobRequest {
  readonly input: ModelInput;
  /** Without the configuration, as golden inputs are answered. */
  readonly plain?: boolean;
  /** No other version may answer in its place. */
  readonly bound?: boolean;
  readonly signal?: AbortSignal;
}

/** One prediction on its way. It is settled once: what comes after an abort is dropped. */
export class Job {
  readonly request: JobRequest;
  /** Milliseconds of the clock. */
  readonly arrivedAt: number;
  readonly answer: Promise<Answer>;
  /** It was in a batch that crashed: it runs without others now, so that the guilty one is found. */
  alone = false;
  settled = false;
  #resolve: (answer: Answer) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #cleanUp: () => void = () => undefined;

  constructor(request: JobRequest, arrivedAt: number, onAbort: (job: Job) => void) {
    this.request = request;
    this.arrivedAt = arrivedAt;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { signal } = request;
    if (signal === undefined) return;
    const abort = (): void => {
      this.fail(aborted());
      onAbort(this);
    };
    signal.addEventListener("abort", abort, { once: true });
    this.#cleanUp = () => signal.removeEventListener("abort", abort);
  }

  succeed(answer: Answer): void {
    if (this.#settle()) this.#resolve(answer);
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  #settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.#cleanUp();
    return true;
  }
}

/** Nobody waits for the answer any more. */
export const aborted = (): InferenceError =>
  new InferenceError("E_ABORTED", "the prediction was cancelled");
