import { Malformed } from "../bytes/malformed.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { WireReader } from "../format/onnx/wire.ts";
import type { Span } from "./span.ts";

/** Field numbers of onnx.proto: ModelProto.graph, GraphProto.initializer, TensorProto.raw_data. */
const path = [7, 5, 9] as const;

/**
 * Where the raw data of the initializers of an ONNX file lie. Only field heads are read, never weights. Empty where the
 * file is not a well-formed ModelProto.
 */
export async function onnxSpans(file: RandomAccess): Promise<Span[]> {
  const reader = new WireReader(file);
  let spans: Span[] = [{ begin: 0, end: file.size }];
  try {
    for (const step of path) {
      const found: Span[] = [];
      for (const span of spans) {
        for (const { number, wire, begin, end } of await reader.fields(span)) {
          if (number === step && wire === 2) found.push({ begin, end });
        }
      }
      spans = found;
    }
    return spans;
  } catch (error) {
    if (error instanceof Malformed) return [];
    throw error;
  }
}
