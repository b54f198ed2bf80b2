import { type ChildProcess, spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { dirname, resolve as resolvePath } from "node:path";
import { fileURLToPath } from "node:url";
import { parseStoreUrl } from "@plimsoll/storage";
import type { RunEvent } from "../runs/run-event.ts";
import type { RunRecord } from "../runs/run-record.ts";
import type { RunJob, RunMessage } from "./run-job.ts";

/** How a process that worked on a run came out. */
export type ChildOutcome =
  | { readonly type: "ended"; readonly record: RunRecord }
  /** Others do these parts of it; then it goes on. */
  | { readonly type: "shared"; readonly parts: readonly string[] }
  /** A part of a run's features. */
  | { readonly type: "part"; readonly ready: number; readonly seconds: number }
  /** It may be begun again: what went wrong may pass, or the process was killed. */
  | { readonly type: "again"; readonly code: string; readonly message: string };

export interface RunChild {
  readonly pid: number | undefined;
  readonly outcome: Promise<ChildOutcome>;
  /** Lets it stop by itself; the run stays for somebody else. */
  stop(): void;
  kill(): void;
}

/** From sources (`.ts`) the process needs what reads TypeScript; built code is plain JavaScript. */
const sourceFlags = ["--conditions=@plimsoll/source", "--import", "tsx"];

/** Starts a process that works on a run at low priority, so that the server stays responsive and small. */
export function startChild(
  job: RunJob,
  options: {
    readonly onEvent?: (event: RunEvent) => void;
    readonly log?: (line: string) => void;
    readonly env?: Readonly<Record<string, string | undefined>>;
  } = {},
): RunChild {
  const fromSource = import.meta.url.endsWith(".ts");
  const entry = fileURLToPath(new URL(`./run-child.${fromSource ? "ts" : "js"}`, import.meta.url));
  const args = [...(fromSource ? sourceFlags : []), entry];
  // Its folder is the code's, where what reads TypeScript is found: paths of the job must not be relative.
  const whole = {
    ...job,
    storeUrl: parseStoreUrl(job.storeUrl).url,
    workRoot: resolvePath(job.workRoot),
  };
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "json",
    cwd: dirname(entry),
    env: { ...process.env, ...options.env, ORT_DISABLE_TELEMETRY: "1" },
  });
  if (child.pid !== undefined) yieldToOthers(child.pid);
  let words = "";
  child.stderr
    ?.setEncoding("utf8")
    .on("data", (text: string) => (words = (words + text).slice(-2000)));
  const outcome = new Promise<ChildOutcome>((resolve) => {
    let said: ChildOutcome | undefined;
    child.on("message", (message: RunMessage) => {
      if (message.type === "event") options.onEvent?.(message.event);
      if (message.type === "log") options.log?.(message.line);
      if (["ended", "shared", "part"].includes(message.type)) said = message as ChildOutcome;
      if (message.type === "passing") said = { ...message, type: "again" };
    });
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      const how = signal ?? `exit ${code ?? "?"}`;
      const message = `${job.run}: the process that worked on it ended (${how}) ${words.trim()}`;
      resolve(said ?? { type: "again", code: "E_CRASH", message: message.trim() });
    };
    child.on("error", () => end(null, null));
    child.on("close", end);
  });
  child.send(whole, (error) => {
    if (error) child.kill("SIGKILL");
  });
  return {
    pid: child.pid,
    outcome,
    stop: () => void child.kill("SIGTERM"),
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Lowers the priority of a process, where the system lets us. */
function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or may not be changed: it works as any other.
  }
}
