import { digestFile, type DigestFileOptions } from "@plimsoll/manifest";
import { withRandomAccess } from "./scan-weight-file.ts";

/** SHA-256 of a file, hex; the next block is read while one is hashed. Throws what the operating system says. */
export async function hashFile(
  path: string,
  options: Pick<DigestFileOptions, "signal" | "onProgress"> = {},
): Promise<string> {
  const { sha256 } = await withRandomAccess(path, (file) => digestFile(file, options));
  return sha256;
}
