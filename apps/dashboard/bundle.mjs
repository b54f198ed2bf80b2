/**
 * Bundles the page into `dist`, which the server gives at `/`. A bundle that is newer than every source is left as
 * it is: builds of types call this often. `--force` bundles anyway.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const page = join(here, "dist/index.html");

const newest = (path) => {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
};

const sources = ["src", "public", "index.html", "vite.config.mjs"].map((name) => join(here, name));
const fresh = existsSync(page) && statSync(page).mtimeMs > Math.max(...sources.map(newest));

if (!fresh || process.argv.includes("--force")) {
  const vite = dirname(createRequire(import.meta.url).resolve("vite/package.json"));
  const args = [join(vite, "bin/vite.js"), "build", "--logLevel", "error", here];
  process.exitCode =
    spawnSync(process.execPath, args, {
      cwd: here,
      stdio: "inherit",
      // Under Jest it says "test", and the bundle would hold the slow React of development.
      env: { ...process.env, NODE_ENV: "production" },
    }).status ?? 1;
}
