import { codeOf } from "../samples/read-json.ts";
import { HandOver } from "./hand-over.ts";
import { performPart } from "./perform-part.ts";
import { loadRoom, performRun } from "./perform-run.ts";
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

async function perform(job: RunJob): Promise<RunMessage> {
  const { signal } = stop;
  const { part } = job;
  if (part !== undefined) {
    const room = await loadRoom(job);
    if (room === undefined) return { type: "part", ready: 0, seconds: 0 };
    return { type: "part", ...(await performPart({ ...job, part }, room, { signal })) };
  }
  const record = await performRun(job, {
    signal,
    onEvent: (event) => tell({ type: "event", event }),
    log: (line) => tell({ type: "log", line }),
  });
  return { type: "ended", record };
}

process.once("message", (job: RunJob) => {
  perform(job)
    .catch((error: unknown): RunMessage => {
      if (error instanceof HandOver) return { type: "shared", parts: error.parts };
      const code = codeOf(error) ?? "E_BUG";
      return { type: "passing", code, message: String((error as Error).message ?? error) };
    })
    .then((message) => {
      if (!process.connected) process.exit(1);
      process.send?.(message, () => process.exit(0));
    })
    .catch(() => process.exit(1));
});
