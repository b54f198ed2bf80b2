/**
 * `npx nx run check-tag`: takes the tag from the environment (`TAG`), never from a command line, and lets only one pass
 * that names a version and whose commit is part of the main branch (rows C1, C7). Writes `version` and `prerelease` to
 * `$GITHUB_OUTPUT` where there is one.
 */
import { execFileSync } from "node:child_process";
import { appendFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { complain } from "./complain.ts";
import { tagVersion } from "./release/tag-version.ts";

const usage = "TAG=weights-v1.2.3 npx nx run check-tag [--branch origin/main]";

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { branch: { type: "string", default: "origin/main" }, help: { type: "boolean" } },
  });
  if (values.help) return console.log(usage);
  const { TAG: tag, GITHUB_OUTPUT: output } = process.env;
  if (!tag) throw new Error(`which tag? ${usage}`);
  const version = tagVersion(tag);
  const commit = git("rev-parse", "--verify", "--end-of-options", `refs/tags/${tag}^{commit}`);
  try {
    git("merge-base", "--is-ancestor", commit, values.branch);
  } catch (cause) {
    throw new Error(
      `${tag}: its commit ${commit.slice(0, 12)} is not part of ${values.branch}: merge it first, then tag what was merged`,
      { cause },
    );
  }
  const isPrerelease = version.includes("-");
  console.log(`${tag} releases ${version} from ${commit}`);
  if (output) {
    await appendFile(output, `version=${version}\nprerelease=${isPrerelease}\ncommit=${commit}\n`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  complain("check-tag", error);
}
