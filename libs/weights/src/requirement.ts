import { type JsonObject, type JsonValue, printable } from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";

const operators = {
  ">=": (a: number, b: number) => a >= b,
  "<=": (a: number, b: number) => a <= b,
  "==": (a: number, b: number) => a === b,
  ">": (a: number, b: number) => a > b,
  "<": (a: number, b: number) => a < b,
} as const;

/** A condition on a version's metadata: `accuracy>=0.9`. */
export interface Requirement {
  readonly metric: string;
  readonly operator: keyof typeof operators;
  readonly value: number;
}

/** A comparison with what a channel names: `production:accuracy`. */
export interface Comparison {
  readonly channel: string;
  readonly metric: string;
  readonly better: "higher" | "lower";
}

/** Metrics of which less is better, by a part of their name. */
const LESS_IS_BETTER =
  /(?:^|[._-])(?:loss|error|err|mae|mse|rmse|perplexity|wer|cer|latency|ece|brier)/i;

/** Reads `<metric><operator><number>`; `E_USAGE` for anything else. */
export function parseRequirement(text: string): Requirement {
  const match =
    /^\s*([A-Za-z][\w.@-]*)\s*(>=|<=|==|>|<)\s*(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*$/.exec(
      text,
    );
  const [, metric, operator, value] = match ?? [];
  if (metric === undefined || operator === undefined || value === undefined) {
    throw new WeightsError(
      "E_USAGE",
      `"${printable(text, 100)}" is no requirement: a metric, one of >= <= == > <, and a number, as in accuracy>=0.9`,
    );
  }
  return { metric, operator: operator as Requirement["operator"], value: Number(value) };
}

/** Reads `<channel>:<metric>`, with `:lower` or `:higher` where the name does not tell which is better; else `E_USAGE`. */
export function parseComparison(text: string): Comparison {
  const match = /^([a-z0-9][a-z0-9._-]{0,99}):([A-Za-z][\w.@-]*)(?::(lower|higher))?$/.exec(text);
  const [, channel, metric, better] = match ?? [];
  if (channel === undefined || metric === undefined) {
    throw new WeightsError(
      "E_USAGE",
      `"${printable(text, 100)}" is no comparison: a channel and a metric, as in production:accuracy or production:score:lower`,
    );
  }
  const byName = LESS_IS_BETTER.test(metric) ? "lower" : "higher";
  return { channel, metric, better: (better as Comparison["better"] | undefined) ?? byName };
}

/** The number that a version's metadata give for a metric: `accuracy` itself, or one of `metrics`, with that prefix or without. */
export function metricOf(metadata: JsonObject | undefined, name: string): number | undefined {
  const all = metadata?.["metrics"];
  const metrics = isObject(all) ? all : undefined;
  const short = name.startsWith("metrics.") ? name.slice("metrics.".length) : undefined;
  const values = short === undefined ? [metadata?.[name], metrics?.[name]] : [metrics?.[short]];
  return values.find((value): value is number => typeof value === "number");
}

/** Why a version does not meet a requirement, or undefined. */
export function unmet(
  { metric, operator, value }: Requirement,
  metadata: JsonObject | undefined,
): string | undefined {
  const actual = metricOf(metadata, metric);
  if (actual === undefined) {
    return `${metric}${operator}${value} is required, and its metadata have no number for ${metric}`;
  }
  return operators[operator](actual, value)
    ? undefined
    : `${metric}${operator}${value} is required, it has ${actual}`;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
