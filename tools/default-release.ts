import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseManifest, parseRelease } from "@plimsoll/manifest";
import { $ } from "zx";
import { configuredWeights } from "./configured-weights.ts";

/** Flags of `publish` that take no value; after any other, the next word is its value and no path. */
const switches = new Set(["--allow-http", "--dry-run", "--json", "--no-manifest", "--offline"]);

function valueOf(argv: readonly string[], flag: string): string | undefined {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return undefined;
  return argv[at]?.startsWith(`${flag}=`) ? argv[at]?.slice(flag.length + 1) : argv[at + 1];
}

/** True where the command line itself names what to publish. */
function namesPaths(argv: readonly string[]): boolean {
  return argv.some((word, i) => {
    if (word.startsWith("-")) return false;
    const before = argv[i - 1];
    return !before?.startsWith("--") || before.includes("=") || switches.has(before);
  });
}

/** A release and why it is this one. */
export interface DefaultRelease {
  readonly release: string;
  readonly reason: string;
}

/**
 * Which version `publish` makes when nobody says: what a Git tag `weights-v…` on this commit names, else the one in the
 * folder's `manifest.json` (publishing the same bytes again changes nothing, other bytes are refused), else the first.
 * Undefined where the command line says it, asks for help, or names other paths than the configured folder.
 */
export async function defaultRelease(
  argv: readonly string[],
  cwd: string,
): Promise<DefaultRelease | undefined> {
  if (valueOf(argv, "--release") !== undefined || argv.includes("--release")) return undefined;
  if (argv.includes("--help") || argv.includes("-h") || namesPaths(argv)) return undefined;

  const tags = await $({ cwd, nothrow: true, quiet: true })`git tag --points-at HEAD`;
  const tagged = tags.stdout
    .split("\n")
    .filter((tag) => tag.startsWith("weights-v") && parseRelease(tag.slice("weights-".length)));
  const [tag] = tagged;
  if (tag !== undefined && tagged.length === 1) {
    return { release: tag.slice("weights-".length), reason: `the tag ${tag} names it` };
  }

  const path = join(await configuredWeights(cwd, valueOf(argv, "--config")), "manifest.json");
  const bytes = await readFile(resolve(cwd, path)).catch(() => undefined);
  if (bytes === undefined) return { release: "v1.0.0", reason: `there is no ${path} yet` };
  const pinned = parseManifest(bytes, { source: path }).manifest.release;
  return pinned === undefined ? undefined : { release: pinned, reason: `${path} names it` };
}
