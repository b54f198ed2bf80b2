import { expect, test } from "@jest/globals";
import { checkModelConfig } from "./check-model-config.ts";
import type { ModelConfig } from "./model-config.ts";

const full: ModelConfig = {
  confidence_threshold: 0.4,
  class_thresholds: { person: 0.7 },
  iou_threshold: 0.5,
  labels: ["cat", "dog"],
  categories: { threat: ["knife", "loaded gun"] },
  traffic: { weights: { "v1.0.0": 9, "v2.0.0": 1 }, sticky_header: "x-user", shadow: "v3.0.0" },
  rollback: { max_error_rate: 0.1, max_latency_ms: 500, max_non_finite: 0, window: 50 },
  max_queue: 10,
  timeout_ms: 1000,
};

test("a full configuration is taken as it is, and copied", () => {
  const config = checkModelConfig(full);
  expect(config).toEqual(full);
  expect(config.labels).not.toBe(full.labels);
  expect(checkModelConfig({})).toEqual({});
});

test.each([
  [{ confidence_treshold: 0.4 }, "confidence_treshold"],
  [{ confidence_threshold: 1.5 }, "confidence_threshold"],
  [{ confidence_threshold: "0.5" }, "confidence_threshold"],
  [{ class_thresholds: { person: -1 } }, "class_thresholds.person"],
  [{ labels: [] }, "labels"],
  [{ labels: ["cat", "cat"] }, "labels"],
  [{ categories: { a: [1] } }, "categories.a[0]"],
  [{ traffic: { weights: { v1: 0 } } }, "traffic.weights"],
  [{ traffic: { weight: { v1: 1 } } }, "traffic.weight"],
  [{ traffic: { sticky_header: "x user" } }, "traffic.sticky_header"],
  [{ rollback: { window: 5 } }, "rollback.window"],
  [{ max_queue: 0.5 }, "max_queue"],
  [{ timeout_ms: null }, "timeout_ms"],
  [[], "object"],
  [null, "object"],
])("%j is refused, and the message says where", (json, where) => {
  const parsed: unknown = json;
  expect(() => checkModelConfig(parsed as ModelConfig)).toThrow(where);
});

test("a key that would change the prototype is refused", () => {
  const json = JSON.parse('{"categories":{"__proto__":["a"]}}') as ModelConfig;
  expect(() => checkModelConfig(json)).toThrow("another name");
});
