import { StorageError } from "../../error.ts";
import { HttpError } from "../../http/http-error.ts";
import { onAbort } from "../../on-abort.ts";
import { nameOf, type GithubContext } from "./github-context.ts";
import { faultStatus, githubError, isGithubFault, type GithubFault } from "./github-error.ts";
import { rateLimitWait } from "./rate-limit.ts";

export interface AttemptOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before the request is made again: an earlier one may have been carried out. */
  readonly onRetry?: () => void;
}

const tries = 5;

/**
 * Runs a call to GitHub, again where that may help: after what a rate limit asks for, else after about 1, 2, 4 and 8
 * seconds for 5xx and broken connections. Its failure becomes an `HttpError` about `key`, an abort the signal's reason.
 */
export async function attempt<T>(
  context: GithubContext,
  key: string,
  call: (request: { readonly signal: AbortSignal }) => Promise<T>,
  { signal, onRetry }: AttemptOptions = {},
): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await once(context, call, signal);
    } catch (error) {
      signal?.throwIfAborted();
      const fault = asFault(error);
      const wait = waitAfter(context, fault, count, key);
      if (wait === undefined) throw asStorageError(context, fault, key);
      onRetry?.();
      await context.driver.sleep(wait, signal);
    }
  }
}

/** What a failed try asks to wait before the next, in ms; undefined where none would help. */
export function waitAfter(
  context: GithubContext,
  fault: GithubFault,
  count: number,
  key: string,
): number | undefined {
  const { clock, log, random } = context.driver;
  if (count >= tries) return undefined;
  const asked = rateLimitWait(fault, count, clock.now());
  if (asked !== undefined) {
    if (asked > context.tuning.longestWaitMs) return undefined;
    log(`${nameOf(context, key)}: GitHub's rate limit, going on in ${Math.ceil(asked / 1000)} s`);
    return asked;
  }
  const status = faultStatus(fault);
  if (status !== undefined && status < 500) return undefined;
  return 1000 * 2 ** (count - 1) * (0.5 + random() / 2);
}

/** A failure of the SDK in this room's words; one that is about the rate says so. */
export function asStorageError(context: GithubContext, fault: GithubFault, key: string): Error {
  const what = nameOf(context, key);
  const wait = rateLimitWait(fault, 1, context.driver.clock.now());
  if (wait === undefined) return githubError(fault, what, context.settings.token !== undefined);
  const seconds = Math.ceil(wait / 1000);
  const way = context.settings.token === undefined ? "set GITHUB_TOKEN, or wait" : "wait";
  const facts = { status: 429, retryAfterMs: wait, retryable: false };
  const text = `${what}: GitHub's rate limit is used up: ${way} ${seconds} s and run again`;
  return new HttpError("E_LIMIT", text, facts, { cause: fault });
}

/** Status of the answer that made the call fail. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof HttpError ? error.status : undefined;
}

/** What was thrown as a fault of a request; throws what is none on. */
export function asFault(error: unknown): GithubFault {
  if (isGithubFault(error)) return error;
  // The SDK passes an abort by our own timer on as it is.
  if ((error as Error | null)?.name === "AbortError") {
    return { name: "AbortError", message: "it went silent" };
  }
  throw error;
}

async function once<T>(
  { driver, tuning }: GithubContext,
  call: (request: { readonly signal: AbortSignal }) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted();
  // One of its own: the SDK adds a listener for every request, and Node warns of a leak beyond ten.
  const own = new AbortController();
  const takeBack = onAbort(signal, () => own.abort());
  const cancel = driver.clock.after(tuning.apiTimeoutMs, () => own.abort());
  try {
    // An answer whose body stops coming does not always hear of the abort: Node 20 forgets the signal of a request
    // that was collected, and waits for ever.
    return await untilAborted(call({ signal: own.signal }), own.signal);
  } finally {
    cancel();
    takeBack();
  }
}

/** Waits for a promise that others wait for too; the signal ends the waiting, not the work. */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted();
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const takeBack = onAbort(signal, () => reject(signal.reason as Error));
    work.then(resolve, reject).finally(takeBack);
  });
}

/** `undefined` for a 404, else the failure. */
export async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StorageError && statusOf(error) === 404) return undefined;
    throw error;
  }
}
