import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Bytes of features that are kept for the next run. */
export const featureBudgetBytes = 2 * 1024 * 1024 * 1024;

/** Removes the features that were not written or found for the longest time, until the rest fits the budget. */
export async function trimFeatures(dir: string, budgetBytes = featureBudgetBytes): Promise<void> {
  const files: { path: string; size: number; at: number }[] = [];
  for (const folder of await readdir(dir).catch(() => [])) {
    for (const name of await readdir(join(dir, folder)).catch(() => [])) {
      const path = join(dir, folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile()) {
        files.push({ path, size: found.size, at: Math.max(found.mtimeMs, found.atimeMs) });
      }
    }
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.sort((a, b) => a.at - b.at)) {
    if (total <= budgetBytes) return;
    await rm(path, { force: true });
    total -= size;
  }
}
