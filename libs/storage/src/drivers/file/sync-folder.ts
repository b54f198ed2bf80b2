import { open } from "node:fs/promises";

import { hasCode } from "../../disk-error.ts";

/** Makes a folder's entries durable: without it a file that was renamed into place may be gone after a power cut (row D5). */
export async function syncFolder(path: string): Promise<void> {
  // Windows has no such call; it orders these changes by itself.
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } catch (error) {
    // Some network file systems know no fsync of a folder.
    if (!hasCode(error, "EINVAL", "ENOTSUP", "EOPNOTSUPP")) throw error;
  } finally {
    await folder.close();
  }
}
