import { InferenceError } from "../error.ts";
import type { NamedTensor } from "../tensor.ts";

/** Size of the first axis that all feeds share; 1 where they have none. */
export const rowsOf = (feeds: readonly NamedTensor[]): number => feeds[0]?.shape[0] ?? 1;

const tail = ({ shape }: NamedTensor): string => shape.slice(1).join();

/** Whether two predictions can be one: the same inputs, equal but for the first axis. */
export function canJoin(a: readonly NamedTensor[], b: readonly NamedTensor[]): boolean {
  const rows = rowsOf(b);
  return (
    a.length === b.length &&
    b.every((tensor, index) => {
      const other = a[index];
      return (
        other !== undefined &&
        tensor.shape.length > 0 &&
        tensor.shape[0] === rows &&
        other.name === tensor.name &&
        other.type === tensor.type &&
        tail(other) === tail(tensor)
      );
    })
  );
}

function concat(tensors: readonly NamedTensor[]): NamedTensor["data"] {
  const texts = tensors.flatMap(({ data }) => ("byteLength" in data ? [] : data));
  if (texts.length > 0) return texts;
  const bytes = tensors.flatMap(({ data }) => ("byteLength" in data ? [data] : []));
  const whole = new Uint8Array(bytes.reduce((total, { byteLength }) => total + byteLength, 0));
  let at = 0;
  for (const part of bytes) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** The feeds of several predictions as those of one, joined along the first axis. */
export function joinFeeds(all: readonly (readonly NamedTensor[])[]): readonly NamedTensor[] {
  const [first = []] = all;
  const rows = all.reduce((total, feeds) => total + rowsOf(feeds), 0);
  return first.map(({ name, type, shape }, index) => ({
    name,
    type,
    shape: [rows, ...shape.slice(1)],
    data: concat(all.flatMap((feeds) => feeds[index] ?? [])),
  }));
}

/**
 * Outputs of a joined run, one list for each prediction.
 *
 * @throws InferenceError `E_MODEL` when an output has not a row for each row of the inputs.
 */
export function splitRows(
  outputs: readonly NamedTensor[],
  rows: readonly number[],
): readonly (readonly NamedTensor[])[] {
  const total = rows.reduce((sum, count) => sum + count, 0);
  for (const { name, shape } of outputs) {
    if (shape[0] === total) continue;
    throw new InferenceError("E_MODEL", `output ${name}: [${shape.join(", ")}] for ${total} rows`);
  }
  let from = 0;
  return rows.map((count) => {
    const begin = from;
    from += count;
    return outputs.map(({ name, type, shape, data }) => {
      const step = ("byteLength" in data ? data.byteLength : data.length) / total;
      return {
        name,
        type,
        shape: [count, ...shape.slice(1)],
        data: data.slice(begin * step, from * step),
      };
    });
  });
}
