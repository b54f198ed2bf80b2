import { createCipheriv, createHash } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import type { Cache } from "../cache.ts";

/** Bytes for tests of this room. */
export interface Weights {
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** Bytes that look random and are the same for the same seed. */
export function weights(seed: number, size = 100_000): Weights {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed);
  const bytes = createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(size));
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Puts bytes into a cache as a download would, and gives the blob's path. */
export async function bring(cache: Cache, { bytes, sha256 }: Weights): Promise<string> {
  const reservation = await cache.reserve(sha256, { size: bytes.length });
  if (reservation.state === "present") return reservation.path;
  await writeFile(reservation.partial, bytes);
  await rename(reservation.partial, reservation.path);
  await reservation.commit();
  return reservation.path;
}
