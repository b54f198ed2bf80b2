/**
 * `npx nx run pin-digest [manifest] [--expect <sha256>]`: the digest of the manifest that a job handed on. Writes
 * `manifest` to `$GITHUB_OUTPUT`; with `--expect` another one is refused, so that an artifact that was swapped between
 * two jobs is noticed (row C11).
 */
import { appendFile, readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { parseManifest } from "@plimsoll/manifest";
import { complain } from "./complain.ts";

try {
  const { values, positionals } = parseArgs({
    options: { expect: { type: "string" } },
    allowPositionals: true,
  });
  const [path = "weights/manifest.json"] = positionals;
  const { digest, manifest } = parseManifest(await readFile(path), { source: path });
  if (values.expect !== undefined && values.expect !== digest) {
    throw new Error(
      `${path}: ${digest} is not the manifest of the job before, ${values.expect || "which named none"}: do not go on`,
    );
  }
  console.log(`${path}: ${manifest.model ?? "weights"} ${manifest.release ?? ""} ${digest}`);
  const { GITHUB_OUTPUT: output } = process.env;
  if (output) await appendFile(output, `manifest=${digest}\n`);
} catch (error) {
  complain("pin-digest", error);
}
