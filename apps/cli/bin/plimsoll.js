#!/usr/bin/env node
/**
 * Starts the built command line. Plain JavaScript and committed, because npm links a bin only where its file exists at
 * install time; in a clone it builds the workspace first, once.
 */
import { readFileSync } from "node:fs";
import module from "node:module";

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  process.stdout.write(`${JSON.parse(manifest).version}\n`);
} else {
  // Node 22.1 and later keep compiled code between runs.
  module.enableCompileCache?.();
  const { buildOnce } = await import("./build-once.js");
  if (await buildOnce()) {
    const { start } = await import("../dist/start.js");
    await start(args);
  } else {
    process.exitCode = 1;
  }
}
