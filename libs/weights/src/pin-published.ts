import { dirname, join } from "node:path";
import type { ParsedManifest } from "@plimsoll/manifest";
import { isSignedBy } from "./model-signature.ts";
import { writePin } from "./pin.ts";
import type { PublishOptions } from "./publish-request.ts";
import { openSigner } from "./put-signature.ts";
import { readSmallFile } from "./read-small-file.ts";
import { writeFileWhole } from "./write-file.ts";

/** Writes the manifest that the app commits, and `model.sig` beside it. */
export async function pinPublished(
  path: string | undefined,
  manifest: ParsedManifest,
  options: PublishOptions,
): Promise<boolean> {
  const signer = openSigner(options.signingKeys);
  if (path !== undefined && signer !== undefined) {
    const target = join(dirname(path), "model.sig");
    const stored = (await readSmallFile(target)) ?? undefined;
    if (!isSignedBy(manifest, stored, signer.keys)) {
      await writeFileWhole(target, signer.sign(manifest));
    }
  }
  return await writePin(path, manifest, options);
}
