/**
 * `npx nx run lint-workflows [--programs <folder>]`: actionlint and zizmor over the workspace's workflows and over those
 * that people copy. Both are downloaded by version and digest, or taken from `--programs`. Exit code 1 for a finding.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { complain } from "./complain.ts";
import { bringLinter } from "./lint-workflows/bring-linter.ts";
import { linters } from "./lint-workflows/linters.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const below = (folder: string): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...argv], options: { programs: { type: "string" } } });
  const files = { workflows: below(".github/workflows"), others: below("examples/workflows") };
  for (const linter of linters) {
    const given = values.programs === undefined ? undefined : join(values.programs, linter.name);
    const program =
      given !== undefined && existsSync(given)
        ? given
        : await bringLinter(linter, join(root, "dist/linters"));
    const { status, error } = spawnSync(program, linter.args(files), {
      cwd: root,
      stdio: "inherit",
    });
    if (error !== undefined) throw error;
    console.log(
      `${linter.name} ${linter.version}: ${status === 0 ? "nothing found" : "see above"}`,
    );
    if (status !== 0) process.exitCode = 1;
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  complain("lint-workflows", error);
}
