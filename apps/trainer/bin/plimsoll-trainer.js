#!/usr/bin/env node
/** Starts the built worker; in a clone it builds first where a source is newer. */
import { existsSync } from "node:fs";

/** An installed package has no sources and pays for one look at the disk. */
async function isBuilt() {
  const tool = new URL("../../../tools/build-once.mjs", import.meta.url);
  if (!existsSync(new URL("../src", import.meta.url)) || !existsSync(tool)) return true;
  const { buildOnce } = await import(tool.href);
  return await buildOnce("plimsoll-trainer", ["apps/trainer"]);
}

if (await isBuilt()) {
  const { start } = await import("../dist/start.js");
  await start();
} else {
  process.exitCode = 1;
}
