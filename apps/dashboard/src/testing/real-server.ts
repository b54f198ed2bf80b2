import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const apps = fileURLToPath(new URL("../../..", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx");

/** A program of another app as a process of its own, from its sources: an app imports no app, but may start one. */
function startApp(
  app: string,
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const entry = pathToFileURL(join(apps, app, "src/start.ts")).href;
  const call = app === "cli" ? "start(process.argv.slice(1))" : "start()";
  const code = `import { start } from ${JSON.stringify(entry)}; await ${call};`;
  const flags = ["--conditions=@plimsoll/source", "--import", tsx, "--input-type=module"];
  return spawn(process.execPath, [...flags, "-e", code, "--", ...argv], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Everything that a process says, until it ends or `until` is in it. @throws Error with what it said. */
async function listen(child: ChildProcess, until?: RegExp): Promise<string> {
  let said = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-20_000);
        if (until?.test(said)) resolve(said);
      });
    }
    child.once("close", (code) =>
      code === 0 && !until ? resolve(said) : reject(new Error(`it ended with ${code}:\n${said}`)),
    );
  });
}

/** Lets the demo train and publish a few versions of a model that reads digits; gives the store. */
export async function demoStore(dir: string): Promise<string> {
  await listen(startApp("cli", ["demo", "--dir", join(dir, "demo")], dir, {}));
  return join(dir, "demo", "store");
}

/** The real server in a process of its own. */
export interface RealServer {
  readonly url: string;
  readonly port: number;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the server on a store. `port` 0 takes any that is free. */
export async function realServer(options: {
  readonly cwd: string;
  readonly store: string;
  readonly token: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<RealServer> {
  const child = startApp("server", [], options.cwd, {
    PORT: String(options.port ?? 0),
    HOST: "127.0.0.1",
    MODEL_STORE: options.store,
    ADMIN_TOKEN: options.token,
    PLIMSOLL_CACHE_DIR: join(options.cwd, "cache"),
    LOG_LEVEL: "info",
    ...options.env,
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const said = await listen(child, /serving at http:\/\/[0-9.:]+/);
  const url = /serving at (http:\/\/[0-9.]+:(\d+))/.exec(said);
  return {
    url: url?.[1] ?? "",
    port: Number(url?.[2]),
    async kill(signal = "SIGTERM") {
      child.kill(signal);
      await ended;
    },
  };
}
