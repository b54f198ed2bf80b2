import type { BenchRun } from "./history.ts";
import { isRising } from "./series.ts";

/** A figure beside what it was. */
export interface Trend {
  readonly name: string;
  readonly now: number;
  /** Median of the runs before; undefined where there are too few. */
  readonly before: number | undefined;
  /** How much worse: 1.2 is a fifth. Below 1 it is better. */
  readonly worse: number | undefined;
  readonly isRegression: boolean;
}

export interface TrendOptions {
  /** A figure that is worse by more than this is a regression. Default 1.5: rented machines differ from night to night. */
  readonly bound?: number;
  /** How many runs before the median is of. Default 7. */
  readonly window?: number;
  /** Fewer than this say nothing. Default 3. */
  readonly atLeast?: number;
}

/** What is too small to be told from noise, by what the name says that it is. */
const floors: readonly (readonly [RegExp, number])[] = [
  [/: seconds$/, 0.05],
  [/ms\b|Ms\b|beyond node/, 20],
  [/memory/i, 10],
];

/** Compares a run with the median of those before it, of the same kind of machine. */
export function compareRuns(
  run: BenchRun,
  history: readonly BenchRun[],
  { bound = 1.5, window = 7, atLeast = 3 }: TrendOptions = {},
): readonly Trend[] {
  const alike = history.filter(({ machine }) => machine === run.machine).slice(-window);
  return Object.entries(run.figures).map(([name, now]): Trend => {
    const values = alike.flatMap(({ figures }) => figures[name] ?? []);
    if (values.length < atLeast) {
      return { name, now, before: undefined, worse: undefined, isRegression: false };
    }
    const before = median(values);
    const [better, other] = isRising(name) ? [before, now] : [now, before];
    const worse = better === other ? 1 : other === 0 ? Infinity : better / other;
    const [, floor = 0] = floors.find(([form]) => form.test(name)) ?? [];
    const isRegression = worse > bound && Math.abs(now - before) > floor;
    return { name, now, before, worse, isRegression };
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
