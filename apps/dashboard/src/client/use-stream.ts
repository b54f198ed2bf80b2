import { useEffect, useRef, useSyncExternalStore } from "react";
import { accessStore } from "./access.ts";
import { connectionStore } from "./connection.ts";
import { eventParser } from "./parse-events.ts";
import { send } from "./request.ts";
import { RequestProblem } from "./request-problem.ts";

/**
 * Reads a stream of server-sent events with fetch, because EventSource sends no Authorization header. A stream that
 * ends is opened again after `Last-Event-ID`, at most every second; one that the server refuses is left alone.
 */
export function useStream<T>(path: string | null, take: (event: T) => void): void {
  const { adminToken } = useSyncExternalStore(accessStore.subscribe, accessStore.get);
  const connection = useSyncExternalStore(connectionStore.subscribe, connectionStore.get);
  const latest = useRef(take);
  latest.current = take;

  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    let lastId = "";
    const read = async (): Promise<void> => {
      while (!abort.signal.aborted) {
        try {
          const response = await send(path, {
            signal: abort.signal,
            headers: {
              accept: "text/event-stream",
              ...(lastId ? { "last-event-id": lastId } : {}),
            },
          });
          const parse = eventParser();
          const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
          for (;;) {
            const piece = await reader?.read();
            if (!piece || piece.done) break;
            for (const event of parse(piece.value)) {
              lastId = event.id || lastId;
              latest.current(JSON.parse(event.data) as T);
            }
          }
        } catch (error) {
          if (error instanceof RequestProblem && error.status >= 400 && error.status < 500) return;
        }
        await new Promise((done) => setTimeout(done, 1000));
      }
    };
    void read();
    return () => abort.abort();
  }, [path, adminToken, connection === "lost"]);
}
