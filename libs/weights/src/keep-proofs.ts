import { join } from "node:path";
import { readSmallFile } from "./read-small-file.ts";
import type { SyncSource } from "./sync-source.ts";
import { writeFileWhole } from "./write-file.ts";

/**
 * Puts what proved a received manifest, `model.sig` and `attestation.jsonl`, beside it into the app's folder, so that a
 * later run without network can prove it again. Nothing to do for a manifest that lies there already.
 */
export async function keepProofs(
  { path, signature, attestation }: Pick<SyncSource, "path" | "signature" | "attestation">,
  dir: string,
): Promise<void> {
  if (path !== undefined) return;
  const proofs = { "model.sig": signature, "attestation.jsonl": attestation };
  for (const [name, bytes] of Object.entries(proofs)) {
    if (bytes === undefined) continue;
    const target = join(dir, name);
    if ((await readSmallFile(target))?.equals(bytes)) continue;
    await writeFileWhole(target, bytes);
  }
}
