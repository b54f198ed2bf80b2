import type { GateOptions } from "../run/train-options.ts";
import type { Metrics } from "./metrics.ts";

/** Whether a version may go on. */
export interface GateResult {
  readonly passed: boolean;
  /** One sentence for every demand that was not met. */
  readonly reasons: readonly string[];
}

export const gateDefaults = {
  minAccuracy: 0,
  minMacroF1: 0,
  maxMacroF1Drop: 0.02,
  maxWorstRecallDrop: 0.1,
} as const;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Holds a version's metrics against demands and, where there is one, against the previous version on the same samples. */
export function checkGate(
  metrics: Metrics,
  previous: Metrics | undefined,
  options: GateOptions = {},
): GateResult {
  const demands = { ...gateDefaults, ...options };
  const floors: [what: string, is: number, floor: number, why: string][] = [
    ["accuracy", metrics.accuracy, demands.minAccuracy, "the configured minimum"],
    ["macro-F1", metrics.macroF1, demands.minMacroF1, "the configured minimum"],
  ];
  if (previous) {
    floors.push(
      [
        "macro-F1",
        metrics.macroF1,
        previous.macroF1 - demands.maxMacroF1Drop,
        "the version before",
      ],
      [
        "recall of the worst class",
        metrics.worstRecall,
        previous.worstRecall - demands.maxWorstRecallDrop,
        "the version before",
      ],
    );
  }
  const reasons = floors
    .filter(([, is, floor]) => !(is >= floor - 1e-9))
    .map(([what, is, floor, why]) => `${what} ${percent(is)} is below ${percent(floor)} (${why})`);
  return { passed: reasons.length === 0, reasons };
}
