#!/usr/bin/env node
/** Starts the built server; in a clone it builds first where a source is newer. */
import v8 from "node:v8";

/**
 * What runs once, at the start, is not worth compiling, nor is the memory for its short-lived objects worth keeping: 25 of
 * 90 MB, measured on Node 20. Compilers and growth are switched on when the start is over.
 */
const setFlags = (flags) => flags.forEach((flag) => v8.setFlagsFromString(flag));
setFlags(["--no-opt", "--no-sparkplug", "--semi-space-growth-factor=1", "--optimize-for-size"]);
const afterStart = ["--opt", "--sparkplug", "--semi-space-growth-factor=2"];

const { buildOnce } = await import("./build-once.js");
if (await buildOnce()) {
  const { start } = await import("../dist/start.js");
  await start();
  setTimeout(setFlags, 1_000, afterStart).unref();
} else {
  process.stderr.write(
    "plimsoll-server: E_BUG the build failed, see above: run npm ci, then npm run build\n",
  );
  process.exitCode = 1;
}
