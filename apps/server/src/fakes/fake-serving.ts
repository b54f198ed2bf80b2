import type { ModelSummary, ServerEvent } from "@plimsoll/api";
import type { Models } from "@plimsoll/inference";
import { ServerError } from "../error.ts";
import type { Serving } from "../serving.ts";

export interface FakeServing extends Serving {
  /** Names of the methods that changed something, with what they were told. */
  readonly changes: readonly (readonly [string, ...unknown[]])[];
  emit(event: Omit<ServerEvent, "id" | "at">): void;
}

const summary = (model: string): ModelSummary => ({
  model,
  channels: { latest: "v1.0.0" },
  serving: [{ version: "v1.0.0", share: 1 }],
  location: "loaded",
  stale: false,
  pinned: false,
  memoryBytes: 12_345,
  requests: 3,
  errorRate: 0,
  latency: { p50: 1, p95: 2 },
  trust: 0,
  versions: 1,
  generation: 1,
  queued: 0,
});

/** Serving of models that are always there. `parts` replaces what a test is about. */
export function fakeServing(models: Models, parts: Partial<Serving> = {}): FakeServing {
  const changes: (readonly [string, ...unknown[]])[] = [];
  const events: ServerEvent[] = [];
  const listeners = new Set<(event: ServerEvent) => void>();
  const known = (model: string): string => {
    if (model === "iris") return model;
    throw new ServerError("E_NOT_FOUND", 404, "there is no such model or version");
  };
  const channel = (model: string, name: string, to: string, dryRun = false) => ({
    model: known(model),
    channel: name,
    from: "v1.0.0",
    to,
    dryRun,
    allowed: true,
    moved: !dryRun,
    message: `${name} names ${to}`,
  });
  return {
    changes,
    emit(event) {
      const whole = { ...event, id: events.length + 1, at: new Date(0).toISOString() };
      events.unshift(whole);
      for (const listener of listeners) listener(whole);
    },
    start: () => undefined,
    started: () => true,
    sync: () => ({ state: "idle", files: [] }),
    configured: () => [{ model: "iris", task: "tensor" }],
    list: async () => [summary("iris")],
    details: async (model) => ({
      model: summary(known(model)),
      versions: [],
      metadata: {},
      card: null,
      config: { value: {}, etag: '"1"' },
      metrics: [],
    }),
    versions: async (model) => ({
      model_name: known(model),
      versions: ["v1.0.0"],
      latest: "v1.0.0",
      storage_type: "local",
      replicas: [],
    }),
    metadata: async (model) => ({ version: "v1.0.0", model_name: known(model) }),
    status: () => ({
      model_loaded: true,
      model_name: "iris",
      training_date: null,
      test_accuracy: null,
      num_classes: 2,
      classes: ["cat", "dog"],
    }),
    predict: async ({ model = "iris", input, ...options }) =>
      models.predict(known(model), input, options),
    load: async (model) => {
      const status = models.status().find((each) => each.model === known(model));
      if (status !== undefined) return status;
      throw new ServerError("E_NOT_FOUND", 404, "there is no such model or version");
    },
    unload: async (model) => void changes.push(["unload", known(model)]),
    async reload(request) {
      changes.push(["reload", request]);
      const { model_type, version = "latest" } = request;
      return {
        success: true,
        model_type,
        version,
        message: "reloaded",
        reloaded_at: new Date(0).toISOString(),
        scope: "local",
        models: [{ model: "iris", success: true, version: "v1.0.0", outcome: "swapped" }],
      };
    },
    async promote(model, request) {
      changes.push(["promote", model, request]);
      return channel(model, request.channel, request.version, request.dryRun);
    },
    async rollback(model, request) {
      changes.push(["rollback", model, request]);
      return channel(model, request.channel, "v0.9.0", request.dryRun);
    },
    async traffic(model, request) {
      changes.push(["traffic", model, request]);
      const value = { traffic: { weights: request.weights } };
      return { model, value, etag: '"2"', dryRun: false, scope: "local", message: "applied" };
    },
    async configure(model, settings, options) {
      changes.push(["configure", model, settings, options]);
      if (options.ifMatch !== '"1"' && options.ifMatch !== "*") {
        throw new ServerError("E_CONFLICT", 412, "the configuration was changed since");
      }
      return { model, value: settings, etag: '"2"', dryRun: false, scope: "local", message: "" };
    },
    pin: async (model, pinned) => void changes.push(["pin", known(model), pinned]),
    replicas: async () => [],
    stores: async () => [],
    cacheStatus: async () => ({
      status: "ok",
      cache_directory: null,
      models: [{ name: "iris", location: "loaded", version: "v1.0.0" }],
      cached_files: [],
      total_size: 0,
      hits: 0,
      misses: 0,
    }),
    cacheFigures: async () => ({
      directory: "cache",
      files: 0,
      bytes: 0,
      hits: 4,
      misses: 5,
      budget: null,
    }),
    memory: () => ({ models: 12_345, budget: null, limit: null }),
    async clearCache() {
      changes.push(["clearCache"]);
      return { success: true, message: "", removed_files: 0, removed_bytes: 0, kept_files: 0 };
    },
    collectGarbage: async ({ dryRun = false }) => ({
      dryRun,
      removedFiles: 0,
      removedBytes: 0,
      keptBytes: 0,
    }),
    recentEvents: () => events,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => undefined,
    ...parts,
  };
}
