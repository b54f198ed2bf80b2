import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "./pages.ts";

/** Paths of the pages that are not what they should be. Writes them, or with `check` leaves them as they are. */
export async function writePages(
  pages: readonly Page[],
  options: { readonly root: string; readonly check: boolean },
): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const { path, text } of pages) {
    const file = join(options.root, path);
    const found = await readFile(file, "utf8").catch(() => undefined);
    if (found === text) continue;
    stale.push(path);
    if (!options.check) await writeFile(file, text);
  }
  return stale;
}
