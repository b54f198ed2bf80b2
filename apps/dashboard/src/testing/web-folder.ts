import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** The folder of the bundled page, bundled first where it is missing or older than its sources. */
export function webFolder(): string {
  const run = spawnSync(process.execPath, [join(project, "bundle.mjs")], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`the page could not be bundled:\n${run.stderr}`);
  return join(project, "dist");
}
