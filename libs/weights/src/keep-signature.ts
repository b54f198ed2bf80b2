import { join } from "node:path";
import { readSmallFile } from "./read-small-file.ts";
import type { SyncSource } from "./sync-source.ts";
import { writeFileWhole } from "./write-file.ts";

/**
 * Puts the `model.sig` of a received manifest beside it into the app's folder, so that a later run without network can
 * prove it again. Nothing to do for a manifest that lies there already.
 */
export async function keepSignature(
  { path, signature }: Pick<SyncSource, "path" | "signature">,
  dir: string,
): Promise<void> {
  if (path !== undefined || signature === undefined) return;
  const target = join(dir, "model.sig");
  if ((await readSmallFile(target))?.equals(signature)) return;
  await writeFileWhole(target, signature);
}
