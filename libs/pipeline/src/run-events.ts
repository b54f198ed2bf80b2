import { setTimeout as wait } from "node:timers/promises";
import type { RunEvent } from "./runs/run-event.ts";
import { hasEnded, type RunRecord } from "./runs/run-record.ts";

/** Where the events of a run come from. */
export interface EventSource {
  readonly run: string;
  read(): Promise<RunRecord>;
  listen(listener: (event: RunEvent) => void): () => void;
  /** Between looks at the record, for a run that another machine works on. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

/**
 * The present state of a run, then what happens in it until it has ended. A run that this process works on tells
 * everything at once; of one elsewhere the record is looked at now and then, and what changed is told.
 */
export async function* runEvents(source: EventSource): AsyncGenerator<RunEvent, void, void> {
  const { run, signal, pollMs } = source;
  const queue: RunEvent[] = [];
  let wake = (): void => undefined;
  let heardAt = 0;
  const unlisten = source.listen((event) => {
    if (event.run !== run) return;
    heardAt = Date.now();
    queue.push(event);
    wake();
  });
  const aborted = (): void => wake();
  signal.addEventListener("abort", aborted);
  try {
    let shown = await source.read();
    yield stateOf(shown);
    for (const point of shown.curve) yield { ...stamp(shown), type: "epoch", point };
    while (!signal.aborted) {
      const [first] = queue.splice(0, 1);
      if (first !== undefined) {
        yield first;
        if (first.type === "state" && isEnd(first.state)) return;
        continue;
      }
      if (hasEnded(shown)) return;
      const woken = new Promise<void>((resolve) => (wake = resolve));
      await Promise.race([woken, wait(pollMs)]);
      if (queue.length > 0 || signal.aborted) continue;
      const before = shown;
      shown = await source.read().catch(() => before);
      // What was heard of the run itself is newer than its record, except for its end.
      const isHeard = Date.now() - heardAt < 4 * pollMs;
      if (!isHeard || hasEnded(shown)) yield* changes(before, shown);
    }
  } finally {
    signal.removeEventListener("abort", aborted);
    unlisten();
  }
}

const isEnd = (state: RunEvent["state"]): boolean =>
  state !== undefined && state !== "queued" && state !== "running";

const stamp = ({ run }: RunRecord): Pick<RunEvent, "at" | "run"> => ({
  at: new Date().toISOString(),
  run,
});

function stateOf(record: RunRecord): RunEvent {
  const { state, stage, progress, error } = record;
  return {
    ...stamp(record),
    type: "state",
    state,
    ...(stage !== undefined && { stage }),
    progress,
    ...(error && { message: error.message }),
  };
}

function* changes(before: RunRecord, after: RunRecord): Generator<RunEvent, void, void> {
  const { stage, progress } = after;
  const at = stamp(after);
  if (stage !== undefined && stage !== before.stage)
    yield { ...at, type: "stage", stage, progress };
  for (const point of after.curve.slice(before.curve.length)) yield { ...at, type: "epoch", point };
  if (progress !== before.progress) yield { ...at, type: "progress", progress };
  if (after.state !== before.state) yield stateOf(after);
}
