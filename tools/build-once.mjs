/**
 * In a clone the sources lie beside the built code: brings the built code of an app up to date when a source is newer.
 * The apps' programs call it where they find their own `src`; an installed package has none.
 */
import { spawnSync } from "node:child_process";
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

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = join(root, "tools", "build.mjs");
const compiler = join(root, "node_modules", "@typescript", "native");
/** One for all apps: they build the same libraries. */
const lock = join(root, "node_modules", ".plimsoll-build.lock");
/** A build takes seconds; a lock this old was left by a process that was killed. */
const staleLockMs = 5 * 60_000;

const modifiedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether a source file below `dir` is newer than `since`. Tests are not part of what runs. */
const hasNewer = (dir, since) =>
  readdirSync(dir, { withFileTypes: true }).some((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return hasNewer(path, since);
    return /(?<!\.test)\.ts$/.test(entry.name) && modifiedAt(path) > since;
  });

/**
 * True when the built code of the first of the projects may be started; the others are built with it. Two that start at
 * once build once. Without a compiler, as in a container, what was built is run.
 */
export async function buildOnce(program, projects) {
  const [app] = projects;
  const entry = join(root, app, "dist", "start.js");
  /** Its time is that of the last build that succeeded; TypeScript's own records are also written by one that failed. */
  const stamp = join(root, app, "dist", ".built");
  const isStale = () => {
    if (!existsSync(entry)) return true;
    const builtAt = modifiedAt(stamp);
    const libs = join(root, "libs");
    const rooms = existsSync(libs) ? readdirSync(libs).map((name) => join("libs", name)) : [];
    return [...projects, ...rooms].some((project) => {
      const src = join(root, project, "src");
      return existsSync(src) && hasNewer(src, builtAt);
    });
  };
  const canBuild = existsSync(build) && existsSync(compiler);
  if (!isStale() || (!canBuild && existsSync(entry))) return true;
  await takeLock();
  try {
    if (!isStale()) return true;
    const startedAt = new Date();
    process.stderr.write(`${program}: building once…\n`);
    const there = projects.filter((project) => existsSync(join(root, project)));
    // The build's own words go to stderr: stdout belongs to the program.
    const args = [build, ...there];
    const run = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] });
    if (run.status !== 0 || !existsSync(entry)) {
      process.stderr.write(
        `${program}: E_BUG the build failed, see above: run npm ci, then npm run build\n`,
      );
      return false;
    }
    writeFileSync(stamp, "");
    utimesSync(stamp, startedAt, startedAt);
    return true;
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

async function takeLock() {
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      return mkdirSync(lock);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const isLeft = Date.now() - modifiedAt(lock) > staleLockMs;
      if (isLeft) rmSync(lock, { recursive: true, force: true });
      else await sleep(100);
    }
  }
}
