import { sha256 } from "@plimsoll/manifest";
import type { ModelFiles } from "../model-files.ts";

/** SHA-256 over names and digests of all files of a version: equal where the bytes to load are. */
export function versionIdentity({ files }: ModelFiles): string {
  const lines = files.map(({ name, sha256: digest }) => `${digest}  ${name}\n`).sort();
  return sha256(new TextEncoder().encode(lines.join("")));
}
