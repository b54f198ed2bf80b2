import { elementBytes, elementCount } from "../pipelines/tensor-values.ts";
import type { BatchSettings } from "../settings.ts";
import type { NamedTensor, TensorInfo } from "../tensor.ts";
import { joinFeeds, splitRows } from "./batch.ts";
import type { OrtSession } from "./ort-session.ts";

/** Largest input that is made up for a warm-up, in elements. */
const maxElements = 16_777_216;

/** Made-up values in 0 to 1 for float32, zeros for the rest: an index or a length of 0 is the least harmful. */
function sample(info: TensorInfo, seed: number): NamedTensor | undefined {
  const shape = info.shape.map((size) => (size < 0 ? 1 : size));
  const count = elementCount(shape);
  if (count > maxElements) return undefined;
  const { name, type } = info;
  if (type === "BYTES") return { name, type, shape, data: Array<string>(count).fill("") };
  const data = new Uint8Array(count * elementBytes[type]);
  if (type === "FP32") {
    const view = new DataView(data.buffer);
    let state = seed;
    for (let at = 0; at < data.byteLength; at += 4) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      view.setFloat32(at, state / 2 ** 32, true);
    }
  }
  return { name, type, shape, data };
}

function samples(session: OrtSession, seed: number): readonly NamedTensor[] | undefined {
  const feeds = session.inputs.map((info, index) => sample(info, seed + index * 7919));
  const made = feeds.flatMap((feed) => feed ?? []);
  return made.length === feeds.length ? made : undefined;
}

const openFirst = ({ shape }: TensorInfo): boolean => shape.length > 0 && shape[0] === -1;

/** Whether each row of a common run is what the row gives alone, within rounding. */
function sameRows(
  alone: readonly (readonly NamedTensor[])[],
  together: readonly (readonly NamedTensor[])[],
): boolean {
  return alone.every((outputs, row) =>
    outputs.every((one, index) => {
      const other = together[row]?.[index];
      if (other === undefined || one.data.length !== other.data.length) return false;
      if (one.type !== "FP32" || !("byteLength" in one.data) || !("byteLength" in other.data)) {
        return true;
      }
      const a = new DataView(one.data.buffer, one.data.byteOffset, one.data.byteLength);
      const b = new DataView(other.data.buffer, other.data.byteOffset, other.data.byteLength);
      for (let at = 0; at < one.data.byteLength; at += 4) {
        const left = a.getFloat32(at, true);
        const difference = Math.abs(left - b.getFloat32(at, true));
        if (!(difference <= 1e-4 + 1e-3 * Math.abs(left))) return false;
      }
      return true;
    }),
  );
}

/** Least milliseconds of a few runs, within `budgetMs`. */
async function least(
  run: () => Promise<unknown>,
  budgetMs: number,
  now: () => number,
): Promise<number> {
  const end = now() + budgetMs;
  let best = Infinity;
  for (let round = 0; round < 5 && (round < 1 || now() < end); round += 1) {
    const begin = now();
    await run();
    best = Math.min(best, now() - begin);
  }
  return best;
}

/**
 * Runs a model once with made-up input, so that the first real one is not slow, and measures whether several predictions
 * in one run pay. Gives how many one run should take: `maxBatch` where all inputs and outputs leave their first axis
 * open, rows do not look at one another, and the throughput rises by `minGain`; else 1. A model that does not take
 * made-up input is not blamed for it.
 */
export async function warmUp(
  session: OrtSession,
  settings: BatchSettings,
  now: () => number = () => performance.now(),
): Promise<number> {
  const { maxBatch, minGain, probeMs } = settings;
  try {
    const one = samples(session, 1);
    if (one === undefined) return 1;
    await session.run(one);
    const open = session.inputs.every(openFirst) && session.outputs.every(openFirst);
    if (maxBatch < 2 || !open || session.inputs.length === 0) return 1;
    const rows = Array.from({ length: maxBatch }, (_, row) => samples(session, row + 1) ?? one);
    const joined = joinFeeds(rows);
    const aloneMs = await least(() => session.run(one), probeMs / 4, now);
    if (aloneMs * maxBatch > probeMs) return 1;
    const alone = [];
    for (const row of rows) alone.push(await session.run(row));
    const together = splitRows(
      await session.run(joined),
      rows.map(() => 1),
    );
    if (!sameRows(alone, together)) return 1;
    const jointMs = await least(() => session.run(joined), probeMs / 4, now);
    return (aloneMs * maxBatch) / jointMs >= minGain ? maxBatch : 1;
  } catch {
    return 1;
  }
}
