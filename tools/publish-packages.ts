/**
 * `TAG=v1.2.3 npx nx run publish-packages [--dry-run]`: publishes what `npm run build` wrote into dist/packages to npm, in
 * the order of what needs what, with provenance. The tag must name the version of the workspace and lie on main. What is
 * there already is left alone, so that a run which was cut is simply run again.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { complain } from "./complain.ts";
import { type Built, packageCount, publishOrder } from "./packages/order.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Neither a shell nor npm's own guessing stands between. */
function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function versionOf(tag: string | undefined): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly version: string;
  };
  if (tag !== `v${version}`) {
    throw new Error(
      `the tag ${JSON.stringify(tag ?? "")} releases no packages: they are v${version}`,
    );
  }
  const commit = run("git", [
    "rev-parse",
    "--verify",
    "--end-of-options",
    `refs/tags/${tag}^{commit}`,
  ]);
  try {
    run("git", ["merge-base", "--is-ancestor", commit.trim(), "origin/main"]);
  } catch (cause) {
    throw new Error(`${tag}: its commit is not part of origin/main: merge it first`, { cause });
  }
  return version;
}

function isPublished(name: string, version: string): boolean {
  try {
    const args = ["view", `${name}@${version}`, "version"];
    return execFileSync("npm", args, { encoding: "utf8", stdio: "pipe" }).trim() === version;
  } catch (error) {
    const said = String((error as { readonly stderr?: unknown }).stderr);
    // Neither the version nor, the first time, the package.
    if (/E404|No match/i.test(said)) return false;
    throw error;
  }
}

function main(argv: readonly string[]): void {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      "dry-run": { type: "boolean" },
      from: { type: "string", default: join(root, "dist/packages") },
    },
  });
  const version = versionOf(process.env["TAG"]);
  const packages = readdirSync(values.from, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const dir = join(values.from, entry.name);
    const own = JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as Built;
    return [{ ...own, dir }];
  });
  if (packages.length !== packageCount || packages.some((each) => each.version !== version)) {
    throw new Error(
      `${values.from}: not the ${packageCount} packages of ${version}: npm run build`,
    );
  }
  const dry = values["dry-run"] === true;
  for (const { name, dir } of publishOrder(packages)) {
    if (!dry && isPublished(name, version)) {
      console.log(`${name} ${version}: is there already`);
      continue;
    }
    const tag = version.includes("-") ? ["--tag", "next"] : [];
    const how = dry ? ["--dry-run"] : ["--provenance"];
    run("npm", ["publish", dir, "--access", "public", "--ignore-scripts", ...tag, ...how]);
    console.log(`${name} ${version}: ${dry ? "would be published" : "published"}`);
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  complain("publish-packages", error);
}
