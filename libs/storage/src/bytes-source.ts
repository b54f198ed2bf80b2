import type { ByteSource } from "./byte-source.ts";
import { resolveRange } from "./range.ts";

/** A source of bytes that are in memory already. `label` stands for them in messages. */
export function bytesSource(bytes: Uint8Array, label: string): ByteSource {
  return {
    size: bytes.byteLength,
    label,
    async *open(start, end) {
      const range = resolveRange(bytes.byteLength, start, end, label);
      if (range.end > range.start) yield bytes.subarray(range.start, range.end);
    },
  };
}
