/** Round numbers for an axis that hold all of `values`: where it starts and ends, and where lines are drawn. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Chooses about `count` steps of 1, 2, 2.5 or 5 times a power of ten. Without values: 0 to 1. */
export function chartScale(values: readonly number[], count = 4): Scale {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return chartScale([0, 1], count);
  let low = Math.min(...finite);
  let high = Math.max(...finite);
  if (high - low < 1e-9) {
    const room = Math.max(Math.abs(high) * 0.05, 0.01);
    low -= room;
    high += room;
  }
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  return { low: ticks[0] ?? low, high: ticks.at(-1) ?? high, ticks };
}
