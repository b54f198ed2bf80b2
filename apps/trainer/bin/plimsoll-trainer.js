#!/usr/bin/env node
/** Starts the built worker. In a clone that was never built it builds first. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const entry = path("../dist/start.js");
const build = path("../../../tools/build.mjs");
if (!existsSync(entry) && existsSync(build)) {
  process.stderr.write("plimsoll-trainer: building once…\n");
  spawnSync(process.execPath, [build, "apps/trainer"], { stdio: ["ignore", 2, 2] });
}
const { start } = await import("../dist/start.js");
await start();
