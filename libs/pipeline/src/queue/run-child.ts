import { codeOf } from "../samples/read-json.ts";
import { performRun } from "./perform-run.ts";
import type { RunJob, RunMessage } from "./run-job.ts";

/** Entry of the process that works on one run: job in, events out, over the channel to its parent. */
const stop = new AbortController();

function tell(message: RunMessage): void {
  if (process.connected) process.send?.(message);
}

/** A server that is gone has nobody to tell; its successor goes on with the run. */
process.on("disconnect", () => process.exit(1));
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.on(name, () => stop.abort(Object.assign(new Error(name), { code: "E_NETWORK" })));
}

process.once("message", (job: RunJob) => {
  performRun(job, {
    signal: stop.signal,
    onEvent: (event) => tell({ type: "event", event }),
    log: (line) => tell({ type: "log", line }),
  })
    .then((record): RunMessage => ({ type: "ended", record }))
    .catch((error: unknown): RunMessage => {
      const code = codeOf(error) ?? "E_BUG";
      return { type: "passing", code, message: String((error as Error).message ?? error) };
    })
    .then((message) => {
      if (!process.connected) process.exit(1);
      process.send?.(message, () => process.exit(0));
    })
    .catch(() => process.exit(1));
});
