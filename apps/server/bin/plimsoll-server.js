#!/usr/bin/env node
/** Starts the built server. In a clone that was never built it builds first. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";

/**
 * What runs once, at the start, is not worth compiling: the compilers' own memory would stay (20 of 80 MB, measured on
 * Node 20). They are switched on when the start is over.
 */
const compilers = ["opt", "sparkplug"];
const setFlags = (prefix) => compilers.forEach((name) => v8.setFlagsFromString(prefix + name));
setFlags("--no-");
v8.setFlagsFromString("--optimize-for-size");

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const entry = path("../dist/start.js");
const build = path("../../../tools/build.mjs");
if (!existsSync(entry) && existsSync(build)) {
  process.stderr.write("plimsoll-server: building once…\n");
  spawnSync(process.execPath, [build, "apps/server"], { stdio: ["ignore", 2, 2] });
}
const { start } = await import("../dist/start.js");
await start();
setTimeout(setFlags, 1_000, "--").unref();
