/**
 * `npm run dev`: the server from its sources, started again when they change, and the dashboard with live reload before
 * it. Ports are found, none is typed; the address to open is printed at the end. `MODEL_STORE`, `ADMIN_TOKEN` and the
 * other variables of the server hold here too; without them it is the demo's store and a token that is printed.
 */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = import.meta.dirname;
const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer()
      .once("error", reject)
      .listen(0, "127.0.0.1", () => {
        const { port } = probe.address();
        probe.close(() => resolve(port));
      });
  });

const demo = join(root, ".plimsoll/demo/store");
const env = { ...process.env };
if (!env.MODEL_STORE && !env.MODEL_STORAGE_TYPE) {
  if (!existsSync(demo)) {
    console.log("no MODEL_STORE is set: the demo makes one (once, a few seconds)");
    const cli = join(root, "apps/cli/bin/plimsoll.js");
    spawnSync(process.execPath, [cli, "demo"], { cwd: root, stdio: "inherit" });
  }
  env.MODEL_STORE = demo;
}
env.ADMIN_TOKEN ??= randomBytes(24).toString("hex");
env.HOST = "127.0.0.1";
env.PORT = String(await freePort());

const entry = pathToFileURL(join(root, "apps/server/src/start.ts")).href;
// A file and not code on the command line: tsx watches what a file imports.
const server = spawn(
  process.execPath,
  [
    require.resolve("tsx/cli"),
    "watch",
    "--clear-screen=false",
    "--conditions=@plimsoll/source",
    join(here, "dev-server.mjs"),
    entry,
  ],
  { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] },
);

process.env.PLIMSOLL_API = `http://127.0.0.1:${env.PORT}`;
const vite = await import("vite");
const page = await vite.createServer({ configFile: join(here, "vite.config.mjs") });
await page.listen();
console.log(`\n  dashboard    ${page.resolvedUrls?.local[0] ?? ""}`);
console.log(`  server       ${process.env.PLIMSOLL_API}`);
console.log(`  admin token  ${env.ADMIN_TOKEN}\n`);

const end = async () => {
  server.kill("SIGTERM");
  await page.close();
  process.exit(0);
};
process.once("SIGINT", () => void end());
process.once("SIGTERM", () => void end());
