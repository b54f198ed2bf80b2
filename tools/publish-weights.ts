/**
 * `npx nx run publish-weights`: publishes `weights/` as `plimsoll.config.json` says and rewrites the manifest beside
 * them. Its flags are those of `plimsoll publish`; without `--release` it says which version it takes, and why.
 */
import { complain } from "./complain.ts";
import { defaultRelease } from "./default-release.ts";
import { runCli } from "./run-cli.ts";

const argv = process.argv.slice(2);
try {
  const chosen = await defaultRelease(argv, process.cwd());
  if (chosen) console.error(`publish-weights: ${chosen.release}: ${chosen.reason}`);
  const release = chosen ? ["--release", chosen.release] : [];
  process.exitCode = await runCli(["publish", ...argv, ...release]);
} catch (error) {
  complain("publish-weights", error);
}
