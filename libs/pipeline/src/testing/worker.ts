import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { WorkerOptions } from "../queue/open-worker.ts";

/** A worker in a process of its own, for tests that kill it. */
export interface TestWorker {
  readonly process: ChildProcess;
  /** What it logged so far. */
  said(): string;
  /** Ends it as an operator would, if it still runs. */
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL("./worker.child.ts", import.meta.url));

/** Starts one; it takes work when this returns. */
export async function testWorker(
  options: WorkerOptions,
  env: Readonly<Record<string, string>> = {},
): Promise<TestWorker> {
  const args = [
    "--conditions=@plimsoll/source",
    "--import",
    "tsx",
    script,
    JSON.stringify(options),
  ];
  const child = spawn(process.execPath, args, {
    cwd: dirname(script),
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("ready\n")) resolve();
    });
    child.once("exit", () => reject(new Error(`the worker ended: ${said}`)));
  });
  return {
    process: child,
    said: () => said,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
