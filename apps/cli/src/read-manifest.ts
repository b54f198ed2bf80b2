import { open } from "node:fs/promises";
import { manifestLimits, parseManifest, type ParsedManifest } from "@plimsoll/manifest";
import { CliError } from "./error.ts";

/**
 * Reads and checks the manifest at a path; no more of the file than a manifest may have.
 *
 * @throws CliError `E_NOT_FOUND`, and what `parseManifest` throws.
 */
export async function readManifest(path: string): Promise<ParsedManifest> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    throw new CliError(
      "E_NOT_FOUND",
      `${path}: no such manifest: plimsoll manifest create <dir> makes one`,
    );
  });
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, manifestLimits.maxBytes + 1));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return parseManifest(bytes.subarray(0, bytesRead), { source: path });
  } finally {
    await file.close();
  }
}
