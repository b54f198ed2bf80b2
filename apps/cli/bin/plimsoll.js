#!/usr/bin/env node
/**
 * Starts the built command line. Plain JavaScript and committed, because npm links a bin only where its file exists at
 * install time; in a clone it builds the workspace first, once.
 */
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  process.stdout.write(`${JSON.parse(manifest).version}\n`);
} else {
  // Node 22.1 and later keep compiled code between runs.
  module.enableCompileCache?.();
  if (await isBuilt()) {
    const { start } = await import("../dist/start.js");
    await start(args);
  } else {
    process.exitCode = 1;
  }
}

/** An installed package pays for two looks at the disk. `serve` and the demo start the server: it is built as well. */
async function isBuilt() {
  const tool = new URL("../../../tools/build-once.mjs", import.meta.url);
  if (!existsSync(new URL("../src", import.meta.url)) || !existsSync(tool)) return true;
  const { buildOnce } = await import(tool.href);
  return await buildOnce("plimsoll", ["apps/cli", "apps/server"]);
}
