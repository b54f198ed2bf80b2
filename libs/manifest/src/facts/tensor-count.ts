import type { Facts } from "./facts.ts";

/** A tensor as far as it is counted. */
export interface Counted {
  readonly dtype: string;
  readonly elements: number;
}

/** The figures of a set of tensors. */
export function tensorFacts(
  tensors: readonly Counted[],
): Required<Pick<Facts, "tensors" | "parameters" | "dtypes">> {
  const dtypes = new Map<string, number>();
  for (const { dtype, elements } of tensors) {
    dtypes.set(dtype, (dtypes.get(dtype) ?? 0) + elements);
  }
  const ordered = [...dtypes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return {
    tensors: tensors.length,
    parameters: tensors.reduce((sum, { elements }) => sum + elements, 0),
    dtypes: Object.fromEntries(ordered),
  };
}
