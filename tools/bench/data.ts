import { createHash, randomFillSync } from "node:crypto";
import { mkdir, open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file of random bytes to fetch. */
export interface DataFile {
  /** Below the folder that is served. */
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

const blockBytes = 4_194_304;

/** Makes a file of random bytes, or reads one that an earlier run made. */
export async function dataFile(root: string, name: string, size: number): Promise<DataFile> {
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash("sha256");
  const block = Buffer.alloc(blockBytes);
  const isThere = await stat(path).then(
    (found) => found.size === size,
    () => false,
  );
  const file = await open(path, isThere ? "r" : "w", 0o644);
  try {
    for (let at = 0; at < size; at += blockBytes) {
      const part = block.subarray(0, Math.min(blockBytes, size - at));
      if (isThere) await file.read(part, 0, part.length, at);
      else await file.write(randomFillSync(part), 0, part.length, at);
      hash.update(part);
    }
  } finally {
    await file.close();
  }
  return { name, size, sha256: hash.digest("hex") };
}
