import { createCipheriv } from "node:crypto";

/** Bytes that look random and are the same every time for one seed. */
export function noise(length: number, seed = 1): Buffer {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}
