import { InferenceError } from "@plimsoll/inference";

/** Runs one task at a time: who asks for the same joins it, who asks for another ends it and goes first. */
export interface NewestWins<Result> {
  /** @throws InferenceError `E_SUPERSEDED` where a newer task came. */
  run(key: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** The same, but lets another task that runs finish first. */
  join(key: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined>;
  isBusy(): boolean;
  /** Ends what runs. */
  stop(): void;
  /** When nothing runs any more. */
  settled(): Promise<void>;
}

export function newestWins<Result>(name: string): NewestWins<Result> {
  let busy:
    | { readonly key: string; readonly task: Promise<Result>; readonly abort: AbortController }
    | undefined;
  const run: NewestWins<Result>["run"] = async (key, work) => {
    if (busy?.key === key) return await busy.task;
    busy?.abort.abort(
      new InferenceError("E_SUPERSEDED", `${name}: a newer request came first, its version counts`),
    );
    const abort = new AbortController();
    const task = (async () => {
      try {
        return await work(abort.signal);
      } catch (error) {
        // Whatever an ended task says of it, this is why.
        abort.signal.throwIfAborted();
        throw error;
      } finally {
        if (busy?.abort === abort) busy = undefined;
      }
    })();
    busy = { key, task, abort };
    return await task;
  };
  const settled = async (): Promise<void> => {
    await busy?.task.then(
      () => undefined,
      () => undefined,
    );
  };
  return {
    run,
    async join(key, work) {
      if (busy === undefined || busy.key === key) return await run(key, work);
      await settled();
      return undefined;
    },
    isBusy: () => busy !== undefined,
    settled,
    stop() {
      busy?.abort.abort(new InferenceError("E_CLOSED", `${name}: the server is ending`));
    },
  };
}
