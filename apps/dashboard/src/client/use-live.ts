import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { accessStore } from "./access.ts";
import { answers } from "./answers.ts";
import { connectionStore } from "./connection.ts";
import { pulse } from "./pulse.ts";
import { send } from "./request.ts";
import { RequestProblem } from "./request-problem.ts";

/** What a path answers, kept fresh. `data` stays while a later request fails: old figures beat none. */
export interface Live<T> {
  readonly data: T | undefined;
  readonly problem: RequestProblem | undefined;
}

/** Asks `path` now, every `everyMs`, at each pulse and after a reconnection; null asks nothing. */
export function useLive<T>(path: string | null, everyMs: number): Live<T> {
  const { adminToken } = useSyncExternalStore(accessStore.subscribe, accessStore.get);
  const connection = useSyncExternalStore(connectionStore.subscribe, connectionStore.get);
  const data = useSyncExternalStore(
    useCallback(
      (listener: () => void) =>
        path === null ? () => undefined : answers.subscribe(path, listener),
      [path],
    ),
    () => (path === null ? undefined : answers.get(path)),
  );
  const [failure, setFailure] = useState<{ path: string; problem: RequestProblem }>();

  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    let isAsking = false;
    let isAskedAgain = false;
    const read = async (): Promise<void> => {
      try {
        const text = await (await send(path, { signal: abort.signal })).text();
        if (abort.signal.aborted) return;
        answers.take(path, text);
        setFailure(undefined);
      } catch (error) {
        if (abort.signal.aborted) return;
        const problem =
          error instanceof RequestProblem
            ? error
            : new RequestProblem(0, "E_ANSWER", "The answer could not be read");
        setFailure({ path, problem });
      }
    };
    // A pulse does not break a request off: where they come faster than answers, nothing would ever be shown.
    const ask = async (): Promise<void> => {
      isAskedAgain = isAsking;
      if (isAsking) return;
      clearTimeout(timer);
      isAsking = true;
      do {
        isAskedAgain = false;
        await read();
      } while (isAskedAgain && !abort.signal.aborted);
      isAsking = false;
      if (abort.signal.aborted) return;
      // A tab in the background asks rarely; a lost connection is asked by its own probe.
      timer = setTimeout(() => void ask(), document.hidden ? everyMs * 10 : everyMs);
    };
    void ask();
    const leave = pulse.subscribe(() => void ask());
    return () => {
      leave();
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs, adminToken, connection === "lost"]);

  return {
    data: data as T | undefined,
    problem: failure?.path === path ? failure?.problem : undefined,
  };
}
