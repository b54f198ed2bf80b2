/**
 * Builds with the native TypeScript, in the order of the project references: everything with `node tools/build.mjs`,
 * one project and what it needs with `node tools/build.mjs apps/cli`. A build checks the types of the tests too, so
 * `npm run types` is the same thing. Then the libraries are bundled.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleLibraries } from "./bundle.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const manifest = require.resolve("@typescript/native/package.json");
const tsc = join(dirname(manifest), require(manifest).bin.tsc);

const named = process.argv.slice(2);
const projects = (named.length > 0 ? named : ["."]).map((path) => resolve(root, path));
const run = spawnSync(process.execPath, [tsc, "--build", ...projects], { stdio: "inherit" });
process.exitCode = run.status ?? 1;
if (process.exitCode === 0) await bundleLibraries(root);

// The dashboard's page is bundled besides; its script skips a bundle that is newer than its sources.
const dashboard = resolve(root, "apps/dashboard");
if (process.exitCode === 0 && (named.length === 0 || projects.includes(dashboard))) {
  const bundle = spawnSync(process.execPath, [join(dashboard, "bundle.mjs")], { stdio: "inherit" });
  process.exitCode = bundle.status ?? 1;
}
