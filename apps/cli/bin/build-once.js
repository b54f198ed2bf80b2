/**
 * In a clone the sources lie beside the built code: brings the built code up to date when a source is newer. An
 * installed package has no `src` and pays one failed `stat`.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const cli = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(cli));
/** `serve` and the demo start it: it is built with the command line. */
const server = join(root, "apps", "server");
/** Its time is that of the last build that succeeded; TypeScript's own records are also written by one that failed. */
const stamp = join(cli, "dist", ".built");
const lock = join(root, "node_modules", ".plimsoll-build.lock");
/** A build takes seconds; a lock this old was left by a process that was killed. */
const staleLockMs = 5 * 60_000;

const modifiedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether a source file below `dir` is newer than `since`. Tests are not part of what runs. */
function hasNewer(dir, since) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      if (hasNewer(path, since)) return true;
    } else if (/(?<!\.test)\.ts$/.test(entry.name) && modifiedAt(path) > since) {
      return true;
    }
  }
  return false;
}

function isStale() {
  if (!existsSync(join(cli, "dist", "start.js"))) return true;
  const builtAt = modifiedAt(stamp);
  const libs = join(root, "libs");
  const projects = existsSync(libs) ? readdirSync(libs).map((name) => join(libs, name)) : [];
  return [cli, server, ...projects].some((project) => {
    const src = join(project, "src");
    return existsSync(src) && hasNewer(src, builtAt);
  });
}

/** Two commands that start at once build once: the second waits for the first. */
async function withLock(work) {
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (Date.now() - modifiedAt(lock) > staleLockMs)
        rmSync(lock, { recursive: true, force: true });
      else await sleep(100);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

async function build() {
  const startedAt = new Date();
  process.stderr.write("plimsoll: building once…\n");
  const { spawnSync } = await import("node:child_process");
  // The build's own words go to stderr: stdout belongs to the command.
  const projects = existsSync(server) ? ["apps/cli", "apps/server"] : ["apps/cli"];
  const run = spawnSync(process.execPath, [join(root, "tools", "build.mjs"), ...projects], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (run.status !== 0 || !existsSync(join(cli, "dist", "start.js"))) {
    process.stderr.write(
      "plimsoll: E_BUG the build failed, see above: run npm ci, then npm run build\n",
    );
    return false;
  }
  writeFileSync(stamp, "");
  utimesSync(stamp, startedAt, startedAt);
  return true;
}

/** True when the built code may be started. */
export async function buildOnce() {
  if (!existsSync(join(cli, "src")) || !isStale()) return true;
  const canBuild =
    existsSync(join(root, "tools", "build.mjs")) &&
    existsSync(join(root, "node_modules", "@typescript", "native"));
  // A container that holds the sources but not the compiler runs what it was built with.
  if (!canBuild && existsSync(join(cli, "dist", "start.js"))) return true;
  return withLock(async () => !isStale() || build());
}
