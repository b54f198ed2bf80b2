import { createHash, timingSafeEqual } from "node:crypto";

const DIGEST = /^[0-9a-f]{64}$/;

/** True for the one spelling of a SHA-256 that is taken anywhere: 64 lower-case hex digits (row M14). */
export function isDigest(text: unknown): text is string {
  return typeof text === "string" && DIGEST.test(text);
}

/** SHA-256 of bytes in memory, as 64 lower-case hex digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** SHA-256 (64 lower-case hex digits) and length in bytes of a stream, read once and kept nowhere. */
export async function sha256Stream(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const bytes of stream) {
    hash.update(bytes);
    size += bytes.length;
  }
  return { sha256: hash.digest("hex"), size };
}

/**
 * True when both are digests and name the same 32 bytes; compared decoded and in constant time. Anything else than 64
 * lower-case hex digits equals nothing, not even itself: `Buffer.from(text, "hex")` would quietly stop at the first
 * character that is no hex digit.
 */
export function sameDigest(a: unknown, b: unknown): boolean {
  return (
    isDigest(a) && isDigest(b) && timingSafeEqual(Buffer.from(a, "hex"), Buffer.from(b, "hex"))
  );
}
