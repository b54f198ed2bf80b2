import type { ServerEvent } from "@plimsoll/api";
import type { ModelEvent, Models } from "@plimsoll/inference";

/** What happened, in order: the newest are kept, listeners are told. */
export interface EventLog {
  add(event: Omit<ServerEvent, "id" | "at">): void;
  /** Newest first. */
  recent(): readonly ServerEvent[];
  listen(listener: (event: ServerEvent) => void): () => void;
  close(): void;
}

const kept = 200;

/** Holds the events of this server, those of its models among them. */
export function openEventLog(models: Models, now: () => number): EventLog {
  const events: ServerEvent[] = [];
  const listeners = new Set<(event: ServerEvent) => void>();
  let lastId = 0;
  const add: EventLog["add"] = (event) => {
    lastId += 1;
    const entry: ServerEvent = { id: lastId, at: new Date(now()).toISOString(), ...event };
    events.unshift(entry);
    events.length = Math.min(events.length, kept);
    for (const listener of listeners) listener(entry);
  };
  const loadedMs = ({ model, version }: ModelEvent): number | undefined =>
    models
      .status()
      .find((status) => status.model === model)
      ?.versions.find((each) => each.version === version)?.loadMs;
  const forward = (event: ModelEvent): void => {
    const { type, model, version } = event;
    const durationMs = type === "loaded" || type === "swapped" ? loadedMs(event) : undefined;
    add({
      type,
      model,
      ...(version !== undefined && { version }),
      ...("code" in event && { code: event.code, message: event.message }),
      ...(durationMs !== undefined && { durationMs }),
    });
  };
  const stop = models.listen(forward);
  return {
    add,
    recent: () => [...events],
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      stop();
      listeners.clear();
    },
  };
}
