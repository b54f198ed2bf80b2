/**
 * Puts verified weights into an image's folder, where a build asks for it: `node tools/deploy-files/bake.mjs --bake 1
 * --out <folder> [--env <file>]`. `--bake 0` does nothing: weights come to the running server. The file of `--env` has
 * the stores' secrets as `NAME=value` lines; it is a secret of the build, so that no layer has it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    bake: { type: "string", default: "0" },
    env: { type: "string" },
    out: { type: "string" },
  },
});
const { bake, out } = values;
if (!out || !["0", "1"].includes(bake)) {
  throw new Error("usage: bake.mjs --bake 0|1 --out <folder> [--env <file>]");
}
if (bake === "1") {
  const manifest = join(out, "weights", "manifest.json");
  if (!existsSync(manifest)) throw new Error("BAKE=1: there is no weights/manifest.json to bake");
  const secrets = values.env && existsSync(values.env) ? readFileSync(values.env, "utf8") : "";
  const given = secrets
    .split("\n")
    .map((line) => /^([A-Z0-9_]+)=(.*)$/.exec(line.trim()))
    .filter((found) => found !== null)
    .map(([, name, value]) => [name, value]);
  const cli = fileURLToPath(new URL("../../apps/cli/bin/plimsoll.js", import.meta.url));
  const run = spawnSync(process.execPath, [cli, "sync", manifest], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...Object.fromEntries(given) },
  });
  process.exitCode = run.status ?? 1;
}
