import { stat } from "node:fs/promises";
import { readFile } from "node:fs/promises";
import { CacheError } from "./error.ts";
import { diskError, shown, systemCode } from "./disk-error.ts";
import { layoutVersion, type Layout } from "./layout.ts";

const WAY_OUT = "or point PLIMSOLL_CACHE_DIR to a folder of your own";

export interface CheckDirOptions {
  /** True: a folder that others may write to is refused, not only reported. */
  readonly production: boolean;
  readonly log: (line: string) => void;
  /** Effective user id; undefined on Windows, where no owner is checked. */
  readonly uid: number | undefined;
}

/**
 * Refuses a cache whose records cannot be trusted (row D11): whoever may write there may have a file taken for proven.
 * So it must belong to this user or to root (a cache baked into an image), and in production nobody else may write to
 * it: `E_AUTH`. One that a newer program laid out is `E_DISK`. A folder that does not exist yet is fine.
 */
export async function checkDir(layout: Layout, options: CheckDirOptions): Promise<void> {
  for (const folder of [layout.dir, layout.root]) {
    const stats = await stat(folder).catch((error: unknown) => {
      if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return undefined;
      throw diskError(error, folder, "look at the cache");
    });
    if (!stats) return;
    if (!stats.isDirectory()) {
      throw new CacheError(
        "E_DISK",
        `${shown(folder)}: is no folder, so it cannot hold the cache: remove it, ${WAY_OUT}`,
      );
    }
    if (options.uid === undefined) continue;
    if (stats.uid !== options.uid && stats.uid !== 0) {
      throw new CacheError(
        "E_AUTH",
        `${shown(folder)}: the cache belongs to user ${stats.uid}, not to you (${options.uid}): change its owner, ${WAY_OUT}`,
      );
    }
    if ((stats.mode & 0o022) === 0) continue;
    const line = `${shown(folder)}: others may write to the cache and have a file taken for proven: chmod go-w it, ${WAY_OUT}`;
    if (options.production) throw new CacheError("E_AUTH", line);
    options.log(line);
  }
  await checkMarker(layout);
}

/** The marker's content. */
export function markerText(): string {
  return `${JSON.stringify({ cache: "plimsoll", layout: layoutVersion })}\n`;
}

async function checkMarker(layout: Layout): Promise<void> {
  const text = await readFile(layout.marker, "utf8").catch(() => undefined);
  if (text === undefined || text === markerText()) return;
  let marker: unknown;
  try {
    marker = JSON.parse(text);
  } catch {
    // Damaged: it is written anew with the next write.
    return;
  }
  const version =
    typeof marker === "object" && marker !== null && "layout" in marker ? marker.layout : undefined;
  if (typeof version !== "number" || version <= layoutVersion) return;
  throw new CacheError(
    "E_DISK",
    `${shown(layout.marker)}: layout ${version} is of a newer Plimsoll, this one knows ${layoutVersion}: update, ${WAY_OUT}`,
  );
}
