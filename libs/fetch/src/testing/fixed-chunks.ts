import type { FetchChunk } from "../fetch-request.ts";
import { sha256 } from "./trial.ts";

/** Chunks of one length; the last may be shorter. */
export function fixedChunks(bytes: Uint8Array, length: number): FetchChunk[] {
  const chunks: FetchChunk[] = [];
  for (let offset = 0; offset < bytes.length; offset += length) {
    const part = bytes.subarray(offset, offset + length);
    chunks.push({ offset, length: part.length, sha256: sha256(part) });
  }
  return chunks;
}
