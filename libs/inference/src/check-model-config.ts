import type { JsonValue } from "@plimsoll/manifest";
import { printable } from "@plimsoll/manifest";
import { InferenceError } from "./error.ts";
import type { ModelConfig } from "./model-config.ts";

type Check = (value: unknown, path: string) => void;

const refuse = (path: string, expected: string): InferenceError =>
  new InferenceError("E_USAGE", `config: ${printable(path)}: ${expected} expected`);

const number =
  (least: number, most: number, whole = false): Check =>
  (value, path) => {
    const fits =
      typeof value === "number" &&
      value >= least &&
      value <= most &&
      (!whole || Number.isSafeInteger(value));
    if (fits) return;
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    throw refuse(path, `a ${whole ? "whole " : ""}number ${range}`);
  };

const share = number(0, 1);

const text =
  (pattern: RegExp, what: string): Check =>
  (value, path) => {
    if (typeof value === "string" && value.length <= 1000 && pattern.test(value)) return;
    throw refuse(path, what);
  };

const word = text(/\S/, "a text");

const list =
  (one: Check, least: number): Check =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < least) {
      throw refuse(path, least > 0 ? "a list with an entry at least" : "a list");
    }
    for (const [index, each] of value.entries()) one(each, `${path}[${index}]`);
  };

const unique: Check = (value, path) => {
  if (new Set(value as readonly unknown[]).size === (value as readonly unknown[]).length) return;
  throw refuse(path, "no name twice");
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const record =
  (one: Check): Check =>
  (value, path) => {
    if (!isObject(value)) throw refuse(path, "an object");
    for (const [key, each] of Object.entries(value)) {
      if (key === "__proto__" || key === "") throw refuse(`${path}.${key}`, "another name");
      one(each, `${path}.${key}`);
    }
  };

const shape =
  (members: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (!isObject(value)) throw refuse(path, "an object");
    for (const [key, each] of Object.entries(value)) {
      const check = Object.hasOwn(members, key) ? members[key] : undefined;
      const at = path === "" ? key : `${path}.${key}`;
      if (check === undefined) throw refuse(at, `one of ${Object.keys(members).join(", ")}`);
      if (each !== undefined) check(each, at);
    }
  };

const all =
  (...checks: readonly Check[]): Check =>
  (value, path) => {
    for (const check of checks) check(value, path);
  };

const someWeight: Check = (value, path) => {
  const total = Object.values(value as Readonly<Record<string, number>>).reduce((a, b) => a + b, 0);
  if (!(total > 0)) throw refuse(path, "a share above 0 at least");
};

const headerName = text(/^[!#$%&'*+\-.^_`|~0-9a-z]{1,100}$/i, "the name of a header");

const checkConfig = shape({
  confidence_threshold: share,
  class_thresholds: record(share),
  iou_threshold: share,
  labels: all(list(word, 1), unique),
  categories: record(list(word, 1)),
  traffic: shape({
    weights: all(record(number(0, 1e9)), someWeight),
    sticky_header: headerName,
    sticky_cookie: headerName,
    shadow: word,
  }),
  rollback: shape({
    max_error_rate: share,
    max_latency_ms: number(1, Infinity),
    max_non_finite: share,
    window: number(20, 100_000, true),
  }),
  max_queue: number(1, 100_000, true),
  timeout_ms: number(1, 86_400_000, true),
});

/**
 * A configuration from JSON, checked strictly: an unknown name or a number out of its range is refused, since a typing
 * error that is silently ignored would leave a threshold where it was.
 *
 * @throws InferenceError `E_USAGE`, with the path of the first fault.
 */
export function checkModelConfig(json: JsonValue | ModelConfig): ModelConfig {
  checkConfig(json, "");
  return structuredClone(json) as ModelConfig;
}
