import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import type { Point } from "./points.ts";
import { points, traced } from "./points.ts";
import type { Sandbox } from "./sandbox.ts";
import { type Call, readTrace } from "./trace.ts";

/** How a run came out: ended by the signal, refused with a code, gone through, or hit in another place. */
export type Outcome = "killed" | "finished" | "elsewhere" | `E_${string}`;

/** One thread does the file work: strace counts calls by thread. */
const env = { ...process.env, UV_THREADPOOL_SIZE: "1" };

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
  const log = join(sandbox.root, "..", "trace.log");
  const trace = ["-f", "-y", "-s", "256", "-o", log, "-e", `trace=${traced.join(",")}`];
  const run = spawnSync("strace", [...trace, ...sandbox.command], { env, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`the sync fails untouched: ${run.stdout}${run.stderr}`);
  const calls = readTrace(await readFile(log, "utf8"));
  return { calls, points: points(calls, (path) => path.startsWith(`${sandbox.root}/`)) };
}

/**
 * Runs the sync with one call killed or failed; throws unless a reader sees old or whole new files, a failure has a code
 * of ours, and the next sync finishes.
 */
export async function runPoint(sandbox: Sandbox, point: Point): Promise<Outcome> {
  await sandbox.reset();
  const inject = `inject=${point.name}:${point.what}:when=${point.number}`;
  const log = join(sandbox.root, "..", "point.log");
  const trace = ["-f", "-qq", "-y", "-s", "256", "-o", log, "-e", `trace=${point.name}`];
  const run = spawnSync("strace", [...trace, "-e", inject, ...sandbox.command], {
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  const wasOurs = hit(await readFile(log, "utf8"), sandbox.root);
  // Calls of other threads have the same numbers: an error in those says nothing.
  const outcome = run.signal === "SIGKILL" || wasOurs ? judge(run) : "elsewhere";
  await sandbox.expectReadable();
  await sandbox.expectFinish();
  return outcome;
}

/** Whether every call that was made to fail is on a path of ours. */
function hit(log: string, root: string): boolean {
  const injected = log.split("\n").filter((line) => line.includes("(INJECTED)"));
  return injected.length > 0 && injected.every((line) => line.includes(`${root}/`));
}

function judge(run: {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}): Outcome {
  if (run.signal === "SIGKILL") return "killed";
  if (run.status === 0) return "finished";
  const line = run.stdout.trim().split("\n").at(-1) ?? "";
  const code = line.startsWith("{") ? (JSON.parse(line) as { code?: string }).code : undefined;
  if (code !== undefined && /^E_[A-Z_]+$/.test(code)) return code as Outcome;
  throw new Error(`no error of ours: ${line} ${run.stderr.slice(-500)}`);
}
