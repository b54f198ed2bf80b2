import type { ServerEvent, SystemAnswer } from "@plimsoll/api";
import type { ModelStatus } from "@plimsoll/inference";
import { prometheus } from "./registry.ts";

/** What the gauges are read from when somebody asks for the figures. */
export interface Figures {
  readonly models: readonly ModelStatus[];
  readonly cache: SystemAnswer["cache"] | undefined;
  readonly rssBytes: number;
  readonly uptimeSeconds: number;
  readonly inFlight: number;
  readonly downloadBytesPerSecond: number;
}

/** One answered request. `route` is the pattern, never the address: its number of values is bounded. */
export interface AnsweredRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly bytes: number;
}

export interface Metrics {
  request(answered: AnsweredRequest): void;
  /** `reason`: an error code. */
  failed(reason: string): void;
  refused(reason: string): void;
  predicted(model: string, seconds: number, queuedSeconds: number): void;
  predictionFailed(model: string, reason: string): void;
  /** Predictions that were answered since the start. */
  predictions(): number;
  event(event: ServerEvent): void;
  /** Prometheus text. */
  text(figures: Figures): Promise<{ readonly type: string; readonly body: string }>;
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The server's figures in a registry of their own. Base units: seconds and bytes. */
export function openMetrics(): Metrics {
  const { Counter, Gauge, Histogram, Registry } = prometheus;
  const registers = [new Registry()];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `plimsoll_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `plimsoll_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, labelNames: string[] = []) =>
    new Histogram({ name: `plimsoll_${name}`, help, labelNames, registers, buckets: seconds });

  const requests = counter("requests_total", "Answered requests", ["method", "route", "status"]);
  const durations = histogram("request_duration_seconds", "Time to answer", ["route"]);
  const served = counter("served_bytes_total", "Bytes of answers");
  const errors = counter("errors_total", "Requests that failed, by reason", ["reason"]);
  const refusals = counter("refused_total", "Requests without the right secret", ["reason"]);
  const answered = counter("predictions_total", "Answered predictions", ["model"]);
  const failures = counter("prediction_failures_total", "Predictions that failed", [
    "model",
    "reason",
  ]);
  const predictTime = histogram("prediction_duration_seconds", "Queue included", ["model"]);
  const queueTime = histogram("queue_duration_seconds", "Time in the queue", ["model"]);
  const loads = histogram("load_duration_seconds", "Start of a child to its first good answer", [
    "model",
  ]);
  const loadFailures = counter("load_failures_total", "Versions that did not load", [
    "model",
    "reason",
  ]);
  const swaps = histogram("swap_duration_seconds", "Time to replace a version", ["model"]);
  const rollbacks = counter("rollbacks_total", "Versions taken back by themselves", ["model"]);
  const evictions = counter("evictions_total", "Models unloaded for room", ["model"]);
  const crashes = counter("crashes_total", "Children that ended by themselves", ["model"]);
  const downloaded = counter("downloaded_bytes_total", "Bytes fetched from stores");
  const gauges = {
    hits: gauge("cache_hits", "Files that the cache had"),
    misses: gauge("cache_misses", "Files that it had not"),
    cacheBytes: gauge("cache_bytes", "Bytes in the cache"),
    queue: gauge("queue_length", "Predictions that wait", ["model"]),
    generation: gauge("model_generation", "Moves of what serves", ["model"]),
    loaded: gauge("model_loaded", "1 for a version that is ready", ["model", "version"]),
    memory: gauge("model_memory_bytes", "Resident in the child", ["model", "version"]),
    shadow: gauge("shadow_disagreements", "Answers that differ", ["model", "version"]),
    compared: gauge("shadow_comparisons", "Answers that were compared", ["model", "version"]),
    rss: gauge("resident_memory_bytes", "Resident in the server itself"),
    uptime: gauge("uptime_seconds", "Since the start"),
    inFlight: gauge("requests_in_progress", "Requests that are being answered"),
    speed: gauge("download_bytes_per_second", "Of what is fetched now"),
  };
  let predictions = 0;

  function readModels(models: readonly ModelStatus[]): void {
    for (const each of [gauges.queue, gauges.generation, gauges.loaded, gauges.memory])
      each.reset();
    for (const { model, generation, queued, versions, shadow } of models) {
      gauges.queue.set({ model }, queued);
      gauges.generation.set({ model }, generation);
      for (const { version, state, memoryBytes } of versions) {
        gauges.loaded.set({ model, version }, state === "ready" ? 1 : 0);
        if (memoryBytes !== undefined) gauges.memory.set({ model, version }, memoryBytes);
      }
      if (shadow === undefined) continue;
      gauges.shadow.set({ model, version: shadow.version }, shadow.disagreed);
      gauges.compared.set({ model, version: shadow.version }, shadow.compared);
    }
  }

  return {
    request({ method, route, status, seconds: taken, bytes }) {
      requests.inc({ method, route, status: String(status) });
      durations.observe({ route }, taken);
      served.inc(bytes);
    },
    failed: (reason) => errors.inc({ reason }),
    refused: (reason) => refusals.inc({ reason }),
    predicted(model, taken, queued) {
      predictions += 1;
      answered.inc({ model });
      predictTime.observe({ model }, taken);
      queueTime.observe({ model }, queued);
    },
    predictionFailed: (model, reason) => failures.inc({ model, reason }),
    predictions: () => predictions,
    event({ type, model = "", code = "", durationMs, bytes }) {
      if (type === "loaded" && durationMs !== undefined)
        loads.observe({ model }, durationMs / 1000);
      if (type === "swapped" && durationMs !== undefined) {
        swaps.observe({ model }, durationMs / 1000);
      }
      if (type === "failed") loadFailures.inc({ model, reason: code });
      if (type === "rolled-back") rollbacks.inc({ model });
      if (type === "evicted") evictions.inc({ model });
      if (type === "crashed") crashes.inc({ model });
      if (bytes !== undefined) downloaded.inc(bytes);
    },
    async text({ models, cache, ...figures }) {
      readModels(models);
      gauges.rss.set(figures.rssBytes);
      gauges.uptime.set(figures.uptimeSeconds);
      gauges.inFlight.set(figures.inFlight);
      gauges.speed.set(figures.downloadBytesPerSecond);
      if (cache !== undefined) {
        gauges.hits.set(cache.hits);
        gauges.misses.set(cache.misses);
        gauges.cacheBytes.set(cache.bytes);
      }
      const [registry] = registers;
      return {
        type: registry?.contentType ?? "text/plain",
        body: (await registry?.metrics()) ?? "",
      };
    },
  };
}
