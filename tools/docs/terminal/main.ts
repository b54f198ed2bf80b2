/**
 * `npx tsx --conditions=@plimsoll/source tools/docs/terminal/main.ts`: runs what `npm start` runs, in an empty folder,
 * and writes what it said to `docs/terminal.svg`.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { terminalSvg } from "./terminal-svg.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const dir = await mkdtemp(join(tmpdir(), "plimsoll-terminal-"));
try {
  const said = execFileSync(process.execPath, [join(root, "apps/cli/bin/plimsoll.js"), "demo"], {
    cwd: dir,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", PLIMSOLL_CACHE_DIR: join(dir, ".cache") },
  });
  const lines = said.trimEnd().split("\n");
  if (lines.some((line) => line.includes(dir))) throw new Error(`the output names ${dir}`);
  const title =
    "What npm start says: train, publish, sync, damage, repair, serve, swap and roll back.";
  await writeFile(join(root, "docs/terminal.svg"), terminalSvg(title, ["$ npm start", ...lines]));
} finally {
  await rm(dir, { recursive: true, force: true });
}
