/**
 * Bundles the page into `dist`, which the server gives at `/`. A bundle that is newer than every source is left as it
 * is: builds of types call this often. `--force` bundles anyway. Two at the same time do not disturb each other: each
 * bundles into a folder of its own, and whole folders are exchanged.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const sources = ["src", "public", "index.html", "vite.config.mjs"].map((name) => join(here, name));

const newest = (path) => {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
};
const isFresh = () => {
  const page = join(dist, "index.html");
  return existsSync(page) && statSync(page).mtimeMs > Math.max(...sources.map(newest));
};

function bundle() {
  const made = join(here, "out", `bundle-${process.pid}`);
  mkdirSync(dirname(made), { recursive: true });
  const vite = dirname(createRequire(import.meta.url).resolve("vite/package.json"));
  const run = spawnSync(
    process.execPath,
    [join(vite, "bin/vite.js"), "build", "--logLevel", "error", "--outDir", made, here],
    {
      cwd: here,
      stdio: "inherit",
      // Under Jest it says "test", and the bundle would hold the slow React of development.
      env: { ...process.env, NODE_ENV: "production" },
    },
  );
  if (run.status === 0) exchange(made);
  rmSync(made, { recursive: true, force: true });
  return run.status ?? 1;
}

function exchange(made) {
  const old = `${made}-old`;
  if (existsSync(dist)) renameSync(dist, old);
  try {
    renameSync(made, dist);
  } catch (error) {
    // Somebody else's is there already, as new as this one.
    if (!existsSync(join(dist, "index.html"))) throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

if (!isFresh() || process.argv.includes("--force")) process.exitCode = bundle();
