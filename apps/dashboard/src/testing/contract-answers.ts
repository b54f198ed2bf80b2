import type {
  CacheStatusAnswer,
  ChannelAnswer,
  Classification,
  ConfigAnswer,
  DetectionAnswer,
  ModelDetails,
  PromoteRequest,
  SystemAnswer,
  TrafficRequest,
} from "@plimsoll/api";
import { RequestProblem } from "../client/request-problem.ts";
import type { ContractModel, ContractState } from "./contract-state.ts";

/** What `GET /api/v1/models/:model` says. */
export function modelDetails(model: ContractModel): ModelDetails {
  const oldestFirst = [...model.versions].reverse();
  const names = new Set(oldestFirst.flatMap(({ metrics }) => Object.keys(metrics ?? {})));
  return {
    model: model.summary,
    versions: model.versions,
    metadata: model.metadata,
    card: model.card,
    config: { value: model.config, etag: `"${model.etag}"` },
    metrics: [...names].map((name) => ({
      name,
      points: oldestFirst.flatMap(({ version, metrics }) => {
        const value = metrics?.[name];
        return value === undefined ? [] : [{ version, value }];
      }),
    })),
  };
}

/** Moves a channel, or says what would move. The expected version is compared, as the real server does. */
export function moveChannel(
  model: ContractModel,
  request: Pick<PromoteRequest, "version" | "channel" | "require" | "expect" | "dryRun">,
): ChannelAnswer {
  const { version, channel, expect, dryRun = false } = request;
  const from = model.summary.channels[channel] ?? null;
  if (expect !== undefined && expect !== (from ?? "none")) {
    throw new RequestProblem(
      409,
      "E_CONFLICT",
      `${channel} names ${from ?? "nothing"}, not ${expect}`,
    );
  }
  const metrics = model.versions.find((one) => one.version === version)?.metrics ?? {};
  const failed = (request.require ?? []).find((gate) => {
    const [name = "", bound = ""] = gate.split(">=");
    return !((metrics[name] ?? 0) >= Number(bound));
  });
  if (failed && !dryRun) throw new RequestProblem(409, "E_GATE", `${failed} refuses ${version}`);
  const moved = from !== version;
  if (!dryRun && moved) {
    model.history[channel] = [...(model.history[channel] ?? []), version];
    model.summary = {
      ...model.summary,
      channels: { ...model.summary.channels, [channel]: version },
      ...(channel === "production"
        ? {
            serving: [{ version, share: 1 }],
            location: "loaded",
            generation: model.summary.generation + 1,
          }
        : {}),
    };
  }
  return {
    model: model.summary.model,
    channel,
    from,
    to: version,
    dryRun,
    moved,
    allowed: !failed,
    ...(failed
      ? { reason: `${failed}: found ${metrics[failed.split(">=")[0] ?? ""] ?? "none"}` }
      : {}),
    message: dryRun
      ? "Replicas that follow this channel load it, check it, and move over."
      : `${channel} names ${version} now.`,
  };
}

/** The version that a rollback goes back to. */
export function previousOf(model: ContractModel, channel: string): string {
  const history = model.history[channel] ?? [];
  const now = model.summary.channels[channel];
  const before = history.filter((version) => version !== now).at(-1);
  if (!before)
    throw new RequestProblem(404, "E_NOT_FOUND", `${channel} named no other version before`);
  return before;
}

export function shareTraffic(model: ContractModel, request: TrafficRequest): ConfigAnswer {
  const { weights, shadow, dryRun = false } = request;
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  if (!dryRun) {
    const serving = Object.entries(weights).map(([version, weight]) => ({
      version,
      share: weight / total,
    }));
    const stable = model.summary.channels["production"] ?? "";
    model.summary = {
      ...model.summary,
      serving: serving.length > 0 ? serving : [{ version: stable, share: 1 }],
    };
    model.config = { ...model.config, traffic: { weights, ...(shadow ? { shadow } : {}) } };
    model.etag += 1;
  }
  return configAnswer(model, dryRun);
}

export function configAnswer(model: ContractModel, dryRun: boolean): ConfigAnswer {
  return {
    model: model.summary.model,
    value: model.config,
    etag: `"${model.etag}"`,
    dryRun,
    scope: "all",
    message: dryRun ? "No weights are loaded again." : "Applied to every replica.",
  };
}

/** Boxes at fixed shares of the picture; the newest version finds one more. */
export function detect(
  model: ContractModel,
  version: string,
  size: [number, number],
): DetectionAnswer {
  const [width, height] = size;
  const box = (x1: number, y1: number, x2: number, y2: number) => ({
    x1: x1 * width,
    y1: y1 * height,
    x2: x2 * width,
    y2: y2 * height,
  });
  const found = [
    { class: "ship", class_id: 0, confidence: 0.94, box: box(0.1, 0.2, 0.5, 0.8) },
    { class: "buoy", class_id: 1, confidence: 0.61, box: box(0.6, 0.5, 0.75, 0.75) },
    { class: "person", class_id: 2, confidence: 0.33, box: box(0.8, 0.1, 0.9, 0.4) },
  ];
  const newest = model.versions[0]?.version === version;
  return {
    success: true,
    model: model.summary.model,
    version,
    detections: newest ? found : found.slice(0, 2),
    image: { width, height },
    processing_time: 0.0234,
  };
}

export function classify(
  model: string,
  version: string,
  classes: Record<string, number>,
): Classification {
  const [first = ["", 0]] = Object.entries(classes).sort(([, a], [, b]) => b - a);
  return {
    success: true,
    predicted_class: first[0],
    confidence: first[1],
    all_probabilities: classes,
    processing_time: 0.0118,
    timestamp: new Date().toISOString(),
    model,
    version,
  };
}

/** Where the weights are, as anyone may see it. */
export function cacheStatus(state: ContractState): CacheStatusAnswer {
  const models = [...state.models.values()];
  const files = models.flatMap(({ versions }) => versions[0]?.files.slice(0, 1) ?? []);
  return {
    status: "ok",
    cache_directory: null,
    models: models.map(({ summary }) => ({
      name: summary.model,
      location: summary.location,
      version: summary.serving[0]?.version ?? null,
    })),
    cached_files: files.map(({ name, size }) => ({ name, size })),
    total_size: files.reduce((sum, { size }) => sum + size, 0),
    hits: 1204,
    misses: 31,
  };
}

export function systemAnswer(state: ContractState): SystemAnswer {
  const now = Date.now();
  const models = Object.fromEntries(
    [...state.models.values()].flatMap(({ summary }) =>
      summary.serving[0] ? [[summary.model, summary.serving[0].version]] : [],
    ),
  );
  return {
    version: "0.1.0",
    uptime: 93_784,
    cache: {
      directory: "/var/cache/plimsoll",
      files: 9,
      bytes: 412_316_860,
      hits: 1204,
      misses: 31,
      budget: 2 ** 30,
    },
    stores: [
      {
        store: "s3://harbour-models",
        kind: "s3",
        reachable: true,
        writable: true,
        latencyMs: 18.2,
        checkedAt: new Date(now - 4000).toISOString(),
      },
    ],
    replicas: [
      {
        id: "deck-1",
        generation: 3,
        models,
        lastSeen: new Date(now - 2000).toISOString(),
        self: true,
      },
      { id: "deck-2", generation: 2, models, lastSeen: new Date(now - 9000).toISOString() },
    ],
    memory: { rss: 148_000_000, models: 611_000_000, budget: 2 ** 31, limit: 2 ** 32 },
    requestsInFlight: 2,
  };
}
