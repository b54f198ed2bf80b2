import { formatHeadBytes, detectFormat } from "../format/detect-format.ts";
import { onnxSpans } from "./onnx-spans.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { safetensorsSpans } from "./safetensors-spans.ts";
import type { Span } from "./span.ts";
import { zipSpans } from "./zip-spans.ts";

/** A structure that explains less of the file than this is not used to cut it. */
const worthwhileShare = 0.5;

/**
 * Ends of the chunks of a file whose tensors we can find, ascending, the last being the file's size; undefined for other
 * files, which are cut by content.
 *
 * Large tensors begin a chunk each and are cut every `averageBytes` from their own start: a header that grew moves them
 * all and changes none of their chunks, and an edit in place costs the chunks that it touches.
 */
export async function tensorBoundaries(
  file: RandomAccess,
  averageBytes: number,
): Promise<number[] | undefined> {
  const spans = (await tensorSpans(file)).sort((a, b) => a.begin - b.begin);
  const explained = spans.reduce((sum, { begin, end }) => sum + (end - begin), 0);
  if (explained < file.size * worthwhileShare) return undefined;
  const cuts = hardCuts(spans, file.size, averageBytes);
  return cuts.flatMap((end, i) => fixedCuts(cuts[i - 1] ?? 0, end, averageBytes));
}

async function tensorSpans(file: RandomAccess): Promise<Span[]> {
  const head = await file.read(0, Math.min(file.size, formatHeadBytes));
  switch (detectFormat(head)) {
    case "safetensors":
      return safetensorsSpans(file);
    case "onnx":
      return onnxSpans(file);
    case "pytorch-zip":
    case "npz":
    case "keras":
      return zipSpans(file);
    default:
      return [];
  }
}

/** The data's first byte, both ends of every large tensor, and the file's end; small tensors between stay together. */
function hardCuts(spans: readonly Span[], size: number, averageBytes: number): number[] {
  const cuts: number[] = [];
  const cut = (at: number, always: boolean): void => {
    const last = cuts.at(-1) ?? 0;
    if (at <= last) return;
    // A run too short for a chunk of its own goes with what lies before it.
    if (!always && at - last < averageBytes / 4 && cuts.length > 1) cuts.pop();
    cuts.push(at);
  };
  const first = spans[0];
  if (first !== undefined) cut(first.begin, true);
  for (const { begin, end } of spans) {
    if (end - begin < averageBytes) continue;
    cut(begin, false);
    cut(end, true);
  }
  cut(size, false);
  return cuts;
}

/** Ends of pieces of `averageBytes` from `begin` to `end`; the last one is between half and one and a half of that. */
function fixedCuts(begin: number, end: number, averageBytes: number): number[] {
  const cuts: number[] = [];
  for (let at = begin + averageBytes; end - at >= averageBytes / 2; at += averageBytes) {
    cuts.push(at);
  }
  cuts.push(end);
  return cuts;
}
