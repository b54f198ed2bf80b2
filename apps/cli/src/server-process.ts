import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { CliError } from "./error.ts";

const { resolve: locate } = createRequire(import.meta.url);

/** The program and arguments that start the server: its built bin, or its sources where this runs from sources. */
export function serverCommand(): { readonly file: string; readonly args: readonly string[] } {
  const root = serverRoot();
  const source = join(root, "src", "start.ts");
  if (!import.meta.url.endsWith(".ts") || !existsSync(source)) {
    return { file: process.execPath, args: [join(root, "bin", "plimsoll-server.js")] };
  }
  const code = `import { start } from ${JSON.stringify(pathToFileURL(source).href)}; await start();`;
  const flags = ["--conditions=@plimsoll/source", "--import", locate("tsx")];
  return { file: process.execPath, args: [...flags, "--input-type=module", "-e", code] };
}

function serverRoot(): string {
  try {
    return dirname(locate("@plimsoll/server/package.json"));
  } catch (cause) {
    throw new CliError(
      "E_NOT_FOUND",
      "the server is not installed here: npm install @plimsoll/server beside plimsoll",
      { cause },
    );
  }
}

/** A server in a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly pid: number;
  /** Lets it finish what it answers, and waits for its end; gives its exit code. */
  stop(): Promise<number | null>;
}

const startMs = 60_000;

/**
 * Starts a server on any free port of this machine and waits until it listens.
 *
 * @throws CliError with what it said last, where it ends or says nothing for a minute.
 */
export async function startServer(options: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}): Promise<ServerProcess> {
  const { cwd, env, signal } = options;
  const { file, args } = serverCommand();
  const child = spawn(file, args, {
    cwd,
    env: { ...env, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const abort = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", abort, { once: true });
  void ended.then(() => signal.removeEventListener("abort", abort));
  try {
    const url = await address(child, ended);
    return {
      url,
      pid: child.pid ?? 0,
      async stop() {
        child.kill("SIGTERM");
        return await ended;
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    await ended;
    throw error;
  }
}

/** The address is in one line of its log. */
async function address(child: ChildProcess, ended: Promise<unknown>): Promise<string> {
  let said = "";
  const found = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-10_000);
        const url = /serving at (http:\/\/[0-9.:]+)/.exec(said)?.[1];
        if (url !== undefined) resolve(url);
      });
    }
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), startMs);
  });
  const url = await Promise.race([found, late, ended.then(() => undefined)]);
  clearTimeout(timer);
  if (url !== undefined) return url;
  const last = said.trim().split("\n").at(-1) ?? "nothing";
  throw new CliError("E_USAGE", `the server did not start; it said: ${last}`);
}
