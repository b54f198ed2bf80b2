#!/usr/bin/env node
/** Starts the built server. In a clone that was never built it builds first. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";

// A small young generation is collected more often and never grows: the process stays small, models live elsewhere.
v8.setFlagsFromString("--max-semi-space-size=1");

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const entry = path("../dist/start.js");
const build = path("../../../tools/build.mjs");
if (!existsSync(entry) && existsSync(build)) {
  process.stderr.write("plimsoll-server: building once…\n");
  spawnSync(process.execPath, [build, "apps/server"], { stdio: ["ignore", 2, 2] });
}
const { start } = await import("../dist/start.js");
await start();
