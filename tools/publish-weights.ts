/**
 * `npx nx run publish-weights`: publishes `weights/` as `plimsoll.config.json` says and rewrites the manifest beside
 * them. Its flags are those of `plimsoll publish`; without `--release` it says which version it takes, and why.
 */
import { defaultRelease } from "./default-release.ts";
import { runCli } from "./run-cli.ts";

const argv = process.argv.slice(2);
const chosen = await defaultRelease(argv);
if (chosen) console.error(`publish-weights: ${chosen.release}: ${chosen.reason}`);
process.exitCode = await runCli([
  "publish",
  ...argv,
  ...(chosen ? ["--release", chosen.release] : []),
]);
