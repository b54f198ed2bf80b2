import { afterEach, expect, jest, test } from "@jest/globals";
import { InferenceError } from "@plimsoll/inference";
import { type ListeningApp, listeningApp } from "../fakes/listening-app.ts";
import { openMetrics } from "./metrics.ts";

// Servers start and stop here, with other test files beside them on few processors.
jest.setTimeout(30_000);

let app: ListeningApp | undefined;
afterEach(async () => app?.close());

const infer = async (model: string): Promise<void> => {
  const answer = await app?.ask(`/v2/models/${model}/infer`, {
    method: "POST",
    body: JSON.stringify({ inputs: [{ name: "x", shape: [1], datatype: "INT8", data: [1] }] }),
    headers: { "content-type": "application/json" },
  });
  await answer?.arrayBuffer();
};

test("GET /metrics has requests, errors by reason, predictions, cache, memory and bytes", async () => {
  const metrics = openMetrics();
  app = await listeningApp({ metrics });
  await infer("iris");
  await infer("nothing");
  await app.ask("/api/v1/admin/health");
  metrics.event({ id: 1, at: "", type: "swapped", model: "iris", durationMs: 1500 });
  metrics.event({ id: 2, at: "", type: "loaded", model: "iris", durationMs: 300 });
  metrics.event({ id: 3, at: "", type: "downloaded", model: "iris", bytes: 1000, durationMs: 10 });
  metrics.event({ id: 4, at: "", type: "failed", model: "iris", code: "E_SIGNATURE" });
  const answer = await app.ask("/metrics");
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
  const text = await answer.text();
  for (const line of [
    'plimsoll_requests_total{method="POST",route="/v2/models/:model/infer",status="200"} 1',
    'plimsoll_requests_total{method="POST",route="/v2/models/:model/infer",status="404"} 1',
    'plimsoll_errors_total{reason="E_NOT_FOUND"} 1',
    'plimsoll_refused_total{reason="missing"} 1',
    'plimsoll_predictions_total{model="iris"} 1',
    'plimsoll_prediction_failures_total{model="",reason="E_NOT_FOUND"} 1',
    'plimsoll_prediction_duration_seconds_count{model="iris"} 1',
    'plimsoll_queue_duration_seconds_count{model="iris"} 1',
    'plimsoll_swap_duration_seconds_sum{model="iris"} 1.5',
    'plimsoll_load_duration_seconds_sum{model="iris"} 0.3',
    'plimsoll_load_failures_total{model="iris",reason="E_SIGNATURE"} 1',
    "plimsoll_downloaded_bytes_total 1000",
    "plimsoll_cache_hits 4",
    "plimsoll_cache_misses 5",
    'plimsoll_model_memory_bytes{model="iris",version="v1.0.0"} 12345',
    'plimsoll_model_loaded{model="iris",version="v1.0.0"} 1',
    'plimsoll_queue_length{model="iris"} 0',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).toMatch(/plimsoll_served_bytes_total [1-9]/);
});

test("names that clients invent make no series of their own", async () => {
  app = await listeningApp({
    serving: { predict: async () => Promise.reject(new InferenceError("E_USAGE", "no")) },
  });
  for (let index = 0; index < 20; index += 1) await infer(`invented-${index}`);
  for (let index = 0; index < 20; index += 1) await app.ask(`/invented-${index}`);
  const text = await (await app.ask("/metrics")).text();
  expect(text).not.toContain("invented");
});
