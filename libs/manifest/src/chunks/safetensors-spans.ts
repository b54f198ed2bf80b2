import { Malformed } from "../bytes/malformed.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { readSafetensors } from "../format/safetensors/safetensors-header.ts";
import type { Span } from "./span.ts";

/** A longer header is not read only to cut well; the format itself allows 100 MB. */
const worthReadingBytes = 16 << 20;

/** Where the tensors of a safetensors file lie. Empty where the file breaks a rule of the format. */
export async function safetensorsSpans(file: RandomAccess): Promise<Span[]> {
  try {
    const { tensors } = await readSafetensors(file, worthReadingBytes);
    return tensors
      .filter(({ begin, end }) => begin < end)
      .map(({ begin, end }) => ({ begin, end }));
  } catch (error) {
    if (error instanceof Malformed) return [];
    throw error;
  }
}
