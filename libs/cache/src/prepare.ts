import { access, chmod, constants, mkdir, writeFile } from "node:fs/promises";
import { markerText } from "./check-dir.ts";
import { diskError, shown, systemCode } from "./disk-error.ts";
import { renameOver } from "./durable.ts";
import { CacheError } from "./error.ts";
import { look } from "./file-state.ts";
import { newToken } from "./holder.ts";
import type { Layout } from "./layout.ts";

const TAG =
  "Signature: 8a477f597d28d172789f06886806bc55\n# Weight files that plimsoll can fetch again. See https://bford.info/cachedir/\n";

/**
 * Makes the folders of a cache, if it is not there yet, and checks that it can be written to. A folder without any
 * write bit is read-only by intention, for root too: a cache baked into an image.
 */
export async function prepareCache(layout: Layout): Promise<void> {
  try {
    const root = await look(layout.root);
    const marker = await look(layout.marker);
    if (!root || !marker) await makeFolders(layout);
    else if ((root.mode & 0o222n) === 0n && process.platform !== "win32") throw readOnly(layout);
    else await access(layout.root, constants.W_OK);
  } catch (error) {
    throw diskError(error, layout.dir, "write to the cache");
  }
}

async function makeFolders(layout: Layout): Promise<void> {
  for (const folder of [layout.dir, layout.root, ...layout.folders]) {
    const made = await mkdir(folder, { recursive: true });
    if (made === undefined) continue;
    // A umask of 002 must not make a cache that production refuses.
    const stats = await look(folder);
    if (stats && (stats.mode & 0o022n) !== 0n) await chmod(folder, Number(stats.mode & 0o755n));
  }
  for (const [path, text] of [
    [layout.tag, TAG],
    [layout.marker, markerText()],
  ] as const) {
    const temporary = layout.temporary(newToken());
    await writeFile(temporary, text, { flag: "wx", mode: 0o644 });
    await renameOver(temporary, path);
  }
}

function readOnly(layout: Layout): CacheError {
  return new CacheError(
    "E_DISK",
    `${shown(layout.root)}: could not write to the cache: its folder has no write permission, so it is meant to be read: point PLIMSOLL_CACHE_DIR to another to add files`,
  );
}

/** Makes the folder that a blob lies in. A symbolic link in its place is refused (row D9). */
export async function makeBlobFolder(layout: Layout, sha256: string): Promise<void> {
  const folder = layout.blobFolder(sha256.slice(0, 2));
  await mkdir(folder, { mode: 0o755 }).catch((error: unknown) => {
    if (systemCode(error) !== "EEXIST") throw error;
  });
  if ((await look(folder))?.isDirectory()) return;
  throw new CacheError(
    "E_PATH",
    `${shown(folder)}: is no folder, though blobs lie in one: remove it`,
  );
}
