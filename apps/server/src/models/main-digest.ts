import { sha256 } from "@plimsoll/manifest";
import type { Resolved } from "./resolved.ts";

/** Digest of the file that is loaded, as predictions name it: of two, the first. */
export function mainDigest({ files }: Resolved): string {
  const main =
    files.files.find(({ name }) => name === files.main) ??
    files.files.find(({ name }) => /\.onnx$/i.test(name)) ??
    files.files[0];
  return main?.sha256 ?? "";
}

/** One digest over all files of a version: two versions may share their first file. */
export function versionDigest({ files }: Resolved): string {
  return sha256(Buffer.from(JSON.stringify(files.files.map(({ name, sha256 }) => [name, sha256]))));
}
