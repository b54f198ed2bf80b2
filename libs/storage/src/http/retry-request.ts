import { HttpError } from "./http-error.ts";

/** How often a small read is tried and how long it waits in between. */
export interface RetryRequestOptions {
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Default 4. */
  readonly tries?: number;
}

/** Longest wait that a host may ask for (row N17). */
const longestWaitMs = 60_000;

/**
 * Runs `act` again while it fails in a way that may pass: after what the host asks for, else after about 0.5, 1 and 2
 * seconds, each shortened by chance so that readers who failed together do not come back together.
 */
export async function retryRequest<T>(
  act: () => Promise<T>,
  { sleep, random, signal, tries = 4 }: RetryRequestOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof HttpError) || !error.retryable || attempt >= tries) throw error;
      const backoff = 500 * 2 ** (attempt - 1) * (0.5 + random() / 2);
      await sleep(Math.min(error.retryAfterMs ?? backoff, longestWaitMs), signal);
    }
  }
}
