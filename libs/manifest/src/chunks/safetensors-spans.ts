import { parseJson } from "../json/parse-json.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import type { Span } from "./span.ts";

/** A longer header is not read only to cut well; the format itself allows 100 MB. */
const worthReadingBytes = 16 << 20;

/**
 * Where the tensors of a safetensors file lie: 8 bytes little-endian header length, a JSON header, then the tensors at
 * `data_offsets` behind it. Empty where the file is not one after all: judging it is the scan's work, not ours.
 */
export async function safetensorsSpans(file: RandomAccess): Promise<Span[]> {
  if (file.size < 8) return [];
  const head = await file.read(0, 8);
  const length = Number(new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true));
  if (length > Math.min(worthReadingBytes, file.size - 8)) return [];
  const data = 8 + length;
  return dataOffsets(await file.read(8, length))
    .map(({ begin, end }) => ({ begin: data + begin, end: data + end }))
    .filter(({ begin, end }) => begin < end && end <= file.size);
}

function dataOffsets(header: Uint8Array): Span[] {
  let tensors: unknown;
  try {
    tensors = parseJson(header, { maxBytes: worthReadingBytes });
  } catch {
    return [];
  }
  if (typeof tensors !== "object" || tensors === null) return [];
  return Object.values(tensors as Record<string, { data_offsets?: unknown } | null>).flatMap(
    (tensor) => {
      const offsets: unknown = tensor?.data_offsets;
      if (!Array.isArray(offsets)) return [];
      const [begin, end] = offsets as unknown[];
      return Number.isSafeInteger(begin) && Number.isSafeInteger(end)
        ? [{ begin: Math.max(0, begin as number), end: end as number }]
        : [];
    },
  );
}
