#!/usr/bin/env node
/** Starts the built server. In a clone that was never built it builds first. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";

/**
 * What runs once, at the start, is not worth compiling, nor is the memory for its short-lived objects worth keeping: 25 of
 * 90 MB, measured on Node 20. Compilers and growth are switched on when the start is over.
 */
const setFlags = (flags) => flags.forEach((flag) => v8.setFlagsFromString(flag));
setFlags(["--no-opt", "--no-sparkplug", "--semi-space-growth-factor=1", "--optimize-for-size"]);
const afterStart = ["--opt", "--sparkplug", "--semi-space-growth-factor=2"];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const entry = path("../dist/start.js");
const build = path("../../../tools/build.mjs");
if (!existsSync(entry) && existsSync(build)) {
  process.stderr.write("plimsoll-server: building once…\n");
  spawnSync(process.execPath, [build, "apps/server"], { stdio: ["ignore", 2, 2] });
}
const { start } = await import("../dist/start.js");
await start();
setTimeout(setFlags, 1_000, afterStart).unref();
