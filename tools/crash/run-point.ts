import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Point } from "./points.ts";
import { points, traced } from "./points.ts";
import type { Sandbox } from "./sandbox.ts";
import { type Call, readTrace } from "./trace.ts";

/** How a run came out: ended by the signal, refused with a code, gone through, or hit in another place. */
export type Outcome = "killed" | "finished" | "elsewhere" | `E_${string}`;

/** One thread does the file work: strace counts calls by thread. */
const env = { ...process.env, UV_THREADPOOL_SIZE: "1" };

/** Only the calls that are traced stop the run, which is several times faster. */
const onlyTraced = ["--seccomp-bpf"];

/** A run that has not ended by then never will. */
const longestMs = 120_000;

/** True where strace is installed and may trace. */
export function canTrace(): boolean {
  const { status } = spawnSync("strace", ["-f", "-o", "/dev/null", "true"], { stdio: "ignore" });
  return status === 0;
}

/** Runs the sync untouched; gives its system calls and the points in it. */
export async function record(
  sandbox: Sandbox,
): Promise<{ readonly calls: readonly Call[]; readonly points: readonly Point[] }> {
  await sandbox.reset();
  const { log, ...run } = await straced(sandbox, "trace.log", [
    ...onlyTraced,
    ...["-e", `trace=${traced.join(",")}`],
  ]);
  if (run.status !== 0) throw new Error(`the sync fails untouched: ${run.stdout}${run.stderr}`);
  const calls = readTrace(log);
  return { calls, points: points(calls, (path) => path.startsWith(`${sandbox.root}/`)) };
}

/**
 * Runs the sync with one call killed or failed; throws unless a reader sees old or whole new files, a failure has a code
 * of ours, and the next sync finishes.
 */
export async function runPoint(sandbox: Sandbox, point: Point): Promise<Outcome> {
  await sandbox.reset();
  const inject = `inject=${point.name}:${point.what}:when=${point.number}`;
  const { log, ...run } = await straced(sandbox, "point.log", [
    "-qq",
    // Strace sends no signal from a call that it stopped in this way.
    ...(point.what.startsWith("error=") ? onlyTraced : []),
    ...["-e", `trace=${point.name}`, "-e", inject],
  ]);
  // Calls of other threads have the same numbers: an error in those says nothing.
  const outcome = run.signal === "SIGKILL" || hit(log, sandbox.root) ? judge(run) : "elsewhere";
  await sandbox.expectReadable();
  await sandbox.expectFinish();
  return outcome;
}

interface Run {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What strace wrote. */
  readonly log: string;
}

/** Runs the sync under strace. */
async function straced(sandbox: Sandbox, name: string, args: readonly string[]): Promise<Run> {
  const log = join(sandbox.root, "..", name);
  const trace = ["-f", "-y", "-s", "256", "-o", log, ...args];
  const child = spawn("strace", [...trace, ...sandbox.command], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: longestMs,
    killSignal: "SIGTERM",
  });
  const [[status, signal], stdout, stderr] = await Promise.all([
    once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { status, signal, stdout, stderr, log: await readFile(log, "utf8") };
}

/** Whether every call that was made to fail is on a path of ours. */
function hit(log: string, root: string): boolean {
  const injected = log.split("\n").filter((line) => line.includes("(INJECTED)"));
  return injected.length > 0 && injected.every((line) => line.includes(`${root}/`));
}

function judge(run: Omit<Run, "log">): Outcome {
  if (run.signal === "SIGKILL") return "killed";
  if (run.status === 0) return "finished";
  const line = run.stdout.trim().split("\n").at(-1) ?? "";
  const code = line.startsWith("{") ? (JSON.parse(line) as { code?: string }).code : undefined;
  if (code !== undefined && /^E_[A-Z_]+$/.test(code)) return code as Outcome;
  throw new Error(`no error of ours: ${line} ${run.stderr.slice(-500)}`);
}
