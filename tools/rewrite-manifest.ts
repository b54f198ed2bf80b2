/**
 * `npx nx run rewrite-manifest`: sets the URLs of a manifest for a store and a version and changes nothing else. Its
 * flags are those of `plimsoll manifest rewrite`.
 */
import { runCli } from "./run-cli.ts";

process.exitCode = await runCli(["manifest", "rewrite", ...process.argv.slice(2)]);
