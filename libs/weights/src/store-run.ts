import type { ParsedManifest } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import type { Problem } from "./error.ts";
import { combine, problemOf } from "./problem.ts";
import type { PublishedStore, PublishEvent, StoreOptions } from "./publish-request.ts";

/** One store on its way through a publish. */
export interface StoreRun {
  /** As it was given. */
  readonly url: string;
  readonly driver: Driver;
  readonly startedAt: number;
  /** Manifest of this version that the store had when the run began. */
  existing: ParsedManifest | undefined;
  uploadedBytes: number;
  outcome: PublishedStore["outcome"] | undefined;
  elapsedMs: number;
  failure: { readonly problem: Problem; readonly error: unknown } | undefined;
}

/**
 * Opens the stores; the first that cannot be opened ends the run before anything is done. `movesChannel`: a host that is
 * not known is asked whether it has the conditional write for that.
 */
export async function openStores(
  options: StoreOptions & { readonly movesChannel: boolean },
): Promise<StoreRun[]> {
  const runs: StoreRun[] = [];
  try {
    for (const url of new Set(options.to)) {
      const driver = await open(url, options);
      runs.push({
        url,
        driver,
        startedAt: performance.now(),
        existing: undefined,
        uploadedBytes: 0,
        outcome: undefined,
        elapsedMs: 0,
        failure: undefined,
      });
    }
    return runs;
  } catch (error) {
    await closeStores(runs);
    throw error;
  }
}

export async function closeStores(runs: readonly StoreRun[]): Promise<void> {
  await Promise.all(runs.map(({ driver }) => driver.close().catch(() => undefined)));
}

/**
 * Does one step at every store that has not failed yet, at the same time or, with `inOrder`, one after the other. A
 * store that fails is set aside and reported, the others go on; a cancelled run ends for all.
 */
export async function eachStore(
  runs: readonly StoreRun[],
  options: Pick<StoreOptions, "signal"> & {
    readonly onEvent?: ((event: PublishEvent) => void) | undefined;
    readonly inOrder?: boolean;
  },
  step: (run: StoreRun) => Promise<void>,
): Promise<void> {
  const guarded = async (run: StoreRun): Promise<void> => {
    try {
      await step(run);
    } catch (error) {
      options.signal?.throwIfAborted();
      const problem = problemOf(run.url, error);
      run.failure = { problem, error };
      finish(run, "failed");
      const { code, message } = problem;
      options.onEvent?.({ type: "store-failed", store: run.url, code, message });
    }
  };
  const live = runs.filter(({ failure }) => failure === undefined);
  if (options.inOrder) for (const run of live) await guarded(run);
  else await Promise.all(live.map(guarded));
}

/** Throws if no store is left: the only failure as it was, else one error for all. */
export function expectOneStore(runs: readonly StoreRun[]): void {
  const failures = runs.flatMap(({ failure }) => failure ?? []);
  if (failures.length < runs.length) return;
  throw combine("every store failed:", failures);
}

/** Notes how a store came out and how long it took. */
export function finish(run: StoreRun, outcome: PublishedStore["outcome"]): void {
  run.outcome = outcome;
  run.elapsedMs = performance.now() - run.startedAt;
}

/** What is told of a store in the end. */
export function publishedStore(run: StoreRun): PublishedStore {
  const { url, outcome = "failed", uploadedBytes, elapsedMs, failure } = run;
  const error = failure && { code: failure.problem.code, message: failure.problem.message };
  const apiCalls = run.driver.apiCalls?.();
  return {
    url,
    outcome,
    uploadedBytes,
    elapsedMs,
    ...(apiCalls !== undefined && { apiCalls }),
    ...(error && { error }),
  };
}

async function open(
  url: string,
  options: StoreOptions & { readonly movesChannel: boolean },
): Promise<Driver> {
  if (options.openStore) return await options.openStore(url);
  const { openStore } = await import("@plimsoll/storage");
  return await openStore(url, {
    ...(options.env && { env: options.env }),
    ...(options.headers && { credentials: options.headers }),
    ...(options.allowHttp !== undefined && { allowHttp: options.allowHttp }),
    ...(options.signal && { signal: options.signal }),
    forWriting: options.movesChannel,
    unpublished: true,
    log: (message) => options.onEvent?.({ type: "warning", message }),
  });
}
