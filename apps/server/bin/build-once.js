/**
 * In a clone the sources lie beside the built code: brings the built code up to date when a source is newer. An
 * installed package has no `src` and pays one failed `stat`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const server = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(server));
const build = join(root, "tools", "build.mjs");
/** Its time is that of the last build that succeeded. */
const stamp = join(server, "dist", ".built");
/** The command line's build takes the same lock. */
const lock = join(root, "node_modules", ".plimsoll-build.lock");
const staleLockMs = 5 * 60_000;

const modifiedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether a source file below `dir` is newer than `since`. Tests are not part of what runs. */
const hasNewer = (dir, since) =>
  readdirSync(dir, { withFileTypes: true }).some((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return hasNewer(path, since);
    return /(?<!\.test)\.ts$/.test(entry.name) && modifiedAt(path) > since;
  });

function isStale() {
  if (modifiedAt(join(server, "dist", "start.js")) === 0) return true;
  const builtAt = modifiedAt(stamp);
  const libs = readdirSync(join(root, "libs")).map((name) => join(root, "libs", name));
  return [server, ...libs]
    .map((project) => join(project, "src"))
    .some((src) => modifiedAt(src) > 0 && hasNewer(src, builtAt));
}

/** Two servers that start at once build once: the second waits for the first. */
async function takeLock() {
  for (;;) {
    try {
      return mkdirSync(lock);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (Date.now() - modifiedAt(lock) > staleLockMs)
        rmSync(lock, { recursive: true, force: true });
      else await sleep(100);
    }
  }
}

/** False where the built code cannot be started. */
export async function buildOnce() {
  const canBuild =
    modifiedAt(join(server, "src")) > 0 &&
    modifiedAt(build) > 0 &&
    modifiedAt(join(root, "node_modules", "@typescript", "native")) > 0;
  // A container that holds the sources but not the compiler runs what it was built with.
  if (!canBuild || !isStale()) return modifiedAt(join(server, "dist", "start.js")) > 0;
  await takeLock();
  try {
    if (!isStale()) return true;
    const startedAt = new Date();
    process.stderr.write("plimsoll-server: building once…\n");
    const args = [build, "apps/server"];
    const run = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] });
    if (run.status !== 0) return false;
    writeFileSync(stamp, "");
    utimesSync(stamp, startedAt, startedAt);
    return true;
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}
