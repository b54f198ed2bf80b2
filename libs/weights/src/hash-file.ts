import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

const BLOCK_BYTES = 1 << 20;

/** SHA-256 of a file, hex; the next block is read while one is hashed. Throws what the operating system says. */
export async function hashFile(
  path: string,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (bytes: number) => void } = {},
): Promise<string> {
  const hash = createHash("sha256");
  const handle = await open(path, "r");
  try {
    const length = Math.min(BLOCK_BYTES, (await handle.stat()).size + 1);
    let current = Buffer.allocUnsafe(length);
    let following = Buffer.allocUnsafe(length);
    let position = 0;
    let { bytesRead } = await handle.read(current, 0, length, position);
    while (bytesRead > 0) {
      options.signal?.throwIfAborted();
      position += bytesRead;
      const reading = handle.read(following, 0, length, position);
      hash.update(current.subarray(0, bytesRead));
      ({ bytesRead } = await reading);
      [current, following] = [following, current];
      options.onProgress?.(position);
    }
    return hash.digest("hex");
  } finally {
    await handle.close();
  }
}
