import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const workspace = fileURLToPath(new URL("../../../..", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx");

/** Code that runs from the sources in a process of its own: an app imports no app, but may start one. */
function startCode(
  code: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const flags = ["--conditions=@plimsoll/source", "--import", tsx, "--input-type=module"];
  return spawn(process.execPath, [...flags, "-e", code], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A module of the workspace, as an import of such code names it. */
const moduleAt = (path: string): string =>
  JSON.stringify(pathToFileURL(join(workspace, path)).href);

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

/** What the versions of `shapes` call a green rectangle: all find red and blue ones too. */
const shapes = { "v1.0.0": "green", "v1.1.0": "leaf", "v1.2.0": "grass" } as const;

/** A store with a detector in three versions, the second in production; gives its folder. */
export async function realStore(dir: string): Promise<string> {
  const store = join(dir, "store");
  const code = `
    import { mkdir, writeFile } from "node:fs/promises";
    import { rectangleDetector } from ${moduleAt("libs/inference/src/index.ts")};
    import { publishWeights } from ${moduleAt("libs/weights/src/index.ts")};
    const store = ${JSON.stringify(store)};
    await mkdir(store);
    for (const [index, [release, green]] of Object.entries(${JSON.stringify(shapes)}).entries()) {
      const from = ${JSON.stringify(dir)} + "/trained-" + release;
      await mkdir(from);
      const metrics = { map50: 0.86 + index / 25 };
      await writeFile(from + "/shapes.onnx", rectangleDetector({ classes: ["red", green, "blue"] }));
      await writeFile(from + "/metadata.json", JSON.stringify({ task: "object-detection", metrics }));
      await writeFile(from + "/model-card.md", "# shapes " + release + "\\n\\nFinds **rectangles**.\\n");
      await publishWeights({
        from: ["shapes.onnx", "metadata.json", "model-card.md"].map((name) => from + "/" + name),
        to: [store], model: "shapes", release, cache: false, env: {},
        ...(release === "v1.1.0" && { channel: "production" }),
      });
    }`;
  await listen(startCode(code, dir));
  return store;
}

/** The real server in a process of its own. */
export interface RealServer {
  readonly url: string;
  readonly port: number;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the server; without a store it has what lies in `cwd`. `port` 0 takes any that is free. */
export async function realServer(options: {
  readonly cwd: string;
  readonly store?: string;
  readonly token: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<RealServer> {
  const entry = moduleAt("apps/server/src/start.ts");
  const child = startCode(`import { start } from ${entry}; await start();`, options.cwd, {
    PORT: String(options.port ?? 0),
    HOST: "127.0.0.1",
    ...(options.store === undefined ? {} : { MODEL_STORE: options.store }),
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
