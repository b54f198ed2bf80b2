import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultCacheDir } from "@plimsoll/cache";
import { openModels } from "@plimsoll/inference";
import { ServerError } from "./error.ts";
import { openLog } from "./log.ts";
import { openServing } from "./models/open-serving.ts";
import { readServerConfig } from "./models/server-config.ts";
import { openTrainingHere } from "./open-training.ts";
import { openServer, type RunningServer } from "./open-server.ts";
import { signingKey } from "./signing-key.ts";
import { readSettings, type Environment, type Settings } from "./settings/settings.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function ownVersion(): Promise<string> {
  const text = await readFile(here("../package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** The dashboard lies in the package; in the workspace it is built beside it. */
function dashboardDir(): string {
  const packed = here("../dashboard");
  return existsSync(packed) ? packed : here("../../dashboard/dist");
}

/** Serves by the settings. The log has one line with the address. */
async function open(settings: Settings, env: Environment): Promise<RunningServer> {
  const log = openLog(settings.logLevel);
  for (const note of settings.notes) log.warn(note);
  const config = await readServerConfig(process.cwd(), env, env["PLIMSOLL_CONFIG"]);
  const memoryBudgetBytes = settings.memoryBudgetBytes ?? config.memoryBudgetBytes;
  const chosenAdminPort = settings.adminPort ?? config.adminPort;
  const key =
    settings.signingKey === undefined ? undefined : await signingKey(settings.signingKey, env);
  const models = openModels({
    ...(memoryBudgetBytes !== undefined && { memoryBudgetBytes }),
    stateDir: join(settings.cacheDir ?? defaultCacheDir(env, process.platform), "refused"),
  });
  const serving = await openServing({
    models,
    env,
    ...config,
    ...(settings.store !== undefined && { store: settings.store }),
    ...(settings.modelKey !== undefined && { objectKey: settings.modelKey }),
    ...(settings.modelsDir !== undefined && { localDir: settings.modelsDir }),
    ...(settings.redisUrl !== undefined && { redisUrl: settings.redisUrl }),
    ...(settings.predictionCacheSeconds !== undefined && {
      predictionCacheSeconds: settings.predictionCacheSeconds,
    }),
    ...(key !== undefined && { signingKeys: [key] }),
    offline: settings.offline,
    memoryBudgetBytes,
    log: (line) => log.info(line),
  });
  const training = openTrainingHere({
    settings,
    env,
    store: config.store,
    models: config.train,
    serving,
    log: (line) => log.info(line),
  });
  const server = await openServer({
    models,
    serving,
    ...(training !== undefined && { training }),
    config: {
      version: await ownVersion(),
      ...(settings.apiKey !== undefined && { apiKey: settings.apiKey }),
      ...(settings.adminToken !== undefined && { adminToken: settings.adminToken }),
      dashboardDir: dashboardDir(),
    },
    log,
    host: settings.host,
    port: settings.port,
    ...(chosenAdminPort !== undefined && { adminPort: chosenAdminPort }),
  });
  const { port, adminPort } = server;
  const admin =
    settings.adminToken === undefined
      ? "without admin routes: set ADMIN_TOKEN"
      : adminPort === undefined
        ? "with admin routes"
        : `with admin routes on port ${adminPort}`;
  // One request that was handled badly must not end all others.
  process.on("unhandledRejection", (err) => log.error({ err }, "nobody waited for this failure"));
  log.info({ port, adminPort }, `serving at http://${settings.host}:${port}, ${admin}`);
  return server;
}

/** The first signal drains, the second ends at once. */
function endWithSignals(server: RunningServer): void {
  let isEnding = false;
  const end = (code: number) => (): void => {
    if (isEnding) process.exit(code);
    isEnding = true;
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", end(143));
  process.on("SIGINT", end(130));
}

/** Starts the server from the environment. What cannot be used is told in one line, exit code 2. */
export async function start(env: Environment = process.env): Promise<void> {
  try {
    endWithSignals(await open(readSettings(env), env));
  } catch (error) {
    const { code = "E_BUG", message } = error as {
      readonly code?: string;
      readonly message: string;
    };
    const line = message.replace(/\s+/g, " ");
    process.stderr.write(`plimsoll-server: ${code} ${line}\n`);
    process.exitCode = error instanceof ServerError ? 2 : 1;
    // Children and sockets that were opened before it failed must not keep it alive.
    process.exit();
  }
}
