import { writeFile } from "node:fs/promises";
import type { CacheContext } from "./context.ts";
import { diskError, systemCode } from "./disk-error.ts";
import { unlinkQuietly } from "./durable.ts";
import { checkDigest } from "./layout.ts";
import { namesIn } from "./leftovers.ts";

/** Keeps a blob from `gc`, whether it is there already or not: an empty file named after the digest. */
export async function pin(context: CacheContext, sha256: string): Promise<void> {
  checkDigest(sha256);
  const path = context.layout.pin(sha256);
  try {
    await context.prepare();
    await writeFile(path, "", { flag: "wx", mode: 0o644 }).catch((error: unknown) => {
      if (systemCode(error) !== "EEXIST") throw error;
    });
  } catch (error) {
    throw diskError(error, path, "pin the cached file");
  }
}

export async function unpin(context: CacheContext, sha256: string): Promise<void> {
  checkDigest(sha256);
  const path = context.layout.pin(sha256);
  await unlinkQuietly(path).catch((error: unknown) => {
    throw diskError(error, path, "unpin the cached file");
  });
}

export async function pins(context: CacheContext): Promise<ReadonlySet<string>> {
  return new Set(await namesIn(context.layout.pins));
}
