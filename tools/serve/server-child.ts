import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const installed = createRequire(import.meta.url).resolve("@plimsoll/server/package.json");
const bin = join(dirname(installed), "bin/plimsoll-server.js");
/** In a clone the first start builds it. */
const startMs = 5 * 60_000;
/** Of its log, as text. */
const keptLength = 100_000;

/** The built server as a process of its own. */
export interface ServerChild {
  /** `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly pid: number;
  /** What it has logged so far, the end of it. */
  log(): string;
  /** Lets it finish what it answers, and waits for its end. */
  stop(): Promise<void>;
}

/**
 * Starts it on any free port of this machine, unless `env` names one, and waits until it says where it listens.
 *
 * @throws Error with what it said last, where it ends or says nothing for five minutes.
 */
export async function serverChild(options: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onSpawn?: ((pid: number) => void) | undefined;
  /** Told what it logs. */
  readonly onText?: (text: string) => void;
}): Promise<ServerChild> {
  const { cwd, env, onSpawn, onText } = options;
  const child = spawn(process.execPath, [bin], {
    cwd,
    env: { ...process.env, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "info", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid !== undefined) onSpawn?.(child.pid);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let said = "";
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    const url = await new Promise<string>((resolve, reject) => {
      const fail = (): void => {
        const how = child.signalCode ?? (child.exitCode === null ? "nothing" : "no word");
        reject(new Error(`the server did not start: ${said.trim().split("\n").at(-1) || how}`));
      };
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          onText?.(text);
          said = (said + text).slice(-keptLength);
          const found = /serving at (http:\/\/[0-9.:]+)/.exec(said)?.[1];
          if (found !== undefined) resolve(found);
        });
      }
      void ended.then(fail);
      timer = setTimeout(fail, startMs);
    });
    return { url, pid: child.pid ?? 0, log: () => said, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
