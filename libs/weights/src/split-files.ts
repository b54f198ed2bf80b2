import type { Driver } from "@plimsoll/storage";
import type { HashedFile } from "./hash-files.ts";
import { splitFile, wantsParts } from "./split-file.ts";

/**
 * The files with their parts, where one of the stores wants parts. All such stores get the same: the smallest that one
 * of them asks for.
 */
export async function splitFiles(
  files: readonly HashedFile[],
  drivers: readonly Driver[],
  signal?: AbortSignal,
): Promise<HashedFile[]> {
  const split: HashedFile[] = [];
  for (const file of files) {
    const sizes = drivers.flatMap(({ limits }) =>
      !file.encoded && wantsParts(file.size, limits) ? [limits?.splitBytes ?? file.size] : [],
    );
    if (sizes.length === 0) split.push(file);
    else {
      const { fileSource } = await import("@plimsoll/storage");
      const source = await fileSource(file.path);
      const parts = await splitFile(file.name, source, Math.min(...sizes), signal);
      split.push({ ...file, parts });
    }
  }
  return split;
}
