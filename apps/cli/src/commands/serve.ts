import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CommandModule, type Context, withExamples } from "../command.ts";
import { freshDemoFolder } from "../demo/demo-folder.ts";
import { showMainJob } from "../demo/show-main-job.ts";
import { serverCommand } from "../server-process.ts";

interface ServeFlags {
  readonly store?: string;
  readonly port?: string;
  readonly host?: string;
  readonly offline?: true;
}

const demoDir = ".plimsoll/demo";

/** The store that a flag names; where nothing else is configured either, that of the demo. The rest the server reads. */
async function storeOf(
  { io, settings, output, signal }: Context,
  named: string | undefined,
): Promise<string | undefined> {
  if (named !== undefined) return settings.store(named, "--store").url;
  const isLocal = io.env["MODEL_STORAGE_TYPE"]?.toLowerCase() === "local";
  if (isLocal || settings.findStore() !== undefined) return undefined;
  const local = io.env["PLIMSOLL_MODELS_DIR"] ?? "models";
  const places = [local, join("weights", "manifest.json")];
  const isConfigured = settings.config.serve?.models !== undefined;
  if (isConfigured || places.some((place) => existsSync(settings.path(place)))) return undefined;
  const { url } = settings.store(`./${demoDir}/store`, "the demo's store");
  if (!existsSync(settings.path(join(demoDir, "store")))) {
    output.log("info", "no store and no models are configured: making those of the demo");
    const folder = await freshDemoFolder(settings.path(demoDir));
    const story = { folder: { ...folder, store: url }, signal, env: io.env, now: io.now };
    await showMainJob({ ...story, onStep: () => undefined });
  }
  output.log("info", `no store and no models are configured: serving those of the demo, ${url}`);
  return url;
}

export const serve: CommandModule<ServeFlags> = {
  define(command) {
    command
      .option(
        "--store <store>",
        "URL or configured name of the store (default: MODEL_STORE, config)",
      )
      .option("--port <number>", "where it listens (default: PORT, else 8000)")
      .option("--host <address>", "on which address (default: HOST, else 127.0.0.1)")
      .option("--offline", "take nothing from the network");
    withExamples(command, [
      ["plimsoll serve", "serve what is configured, else the models of npm start"],
      ["plimsoll serve --store s3://my-bucket --port 8080", "models are fetched when first asked"],
      ["ADMIN_TOKEN=… plimsoll serve", "with the routes that reload, promote and roll back"],
    ]);
  },

  async run(context, _args, flags) {
    const { io, settings, signal } = context;
    const { file, args } = serverCommand();
    const store = await storeOf(context, flags.store);
    const named: Record<string, string | undefined> = {
      MODEL_STORE: store,
      PORT: flags.port,
      HOST: flags.host,
      PLIMSOLL_OFFLINE: flags.offline ? "1" : undefined,
      PLIMSOLL_CONFIG: settings.configPath,
    };
    const set = Object.entries(named).filter(([, value]) => value !== undefined);
    const env = { ...io.env, ...Object.fromEntries(set) };
    const child = spawn(file, args, { cwd: io.cwd, env, stdio: "inherit" });
    // A terminal sends Ctrl-C to both; whoever else ends this one means the server.
    const end = (): void => {
      if (signal.reason !== "SIGINT") child.kill("SIGTERM");
    };
    signal.addEventListener("abort", end, { once: true });
    const exit = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return exit ?? 1;
  },
};
