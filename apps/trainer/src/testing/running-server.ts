import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A server of this workspace in a process of its own. */
export interface RunningServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const entry = fileURLToPath(new URL("../../../server/src/start.ts", import.meta.url));

export const adminToken = "let-me-in-please";

/** Starts it from its sources in a folder, with a store and a cache there, and waits until it says its address. */
export async function runningServer(
  cwd: string,
  /** As `train.models` in `plimsoll.config.json`. */
  models: Readonly<Record<string, object>>,
): Promise<RunningServer> {
  await writeFile(join(cwd, "plimsoll.config.json"), JSON.stringify({ train: { models } }));
  const code = `process.chdir(${JSON.stringify(cwd)}); const { start } = await import(${JSON.stringify(entry)}); await start();`;
  const args = [
    "--conditions=@plimsoll/source",
    "--import",
    "tsx",
    "--input-type=module",
    "-e",
    code,
  ];
  const child = spawn(process.execPath, args, {
    cwd: dirname(entry),
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: cwd,
      PORT: "0",
      SKIP_WEIGHT_SYNC: "1",
      MODEL_STORE: `file://${join(cwd, "store")}`,
      PLIMSOLL_CACHE_DIR: join(cwd, "cache"),
      ADMIN_TOKEN: adminToken,
      LOG_LEVEL: "info",
    },
  });
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const port = /"port":(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", () => reject(new Error(`the server ended: ${said.slice(-2000)}`)));
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  return { url, process: child, stop, [Symbol.asyncDispose]: stop };
}
