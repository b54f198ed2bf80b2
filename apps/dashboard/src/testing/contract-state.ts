import type {
  DatasetSummary,
  ModelDetails,
  ModelSettings,
  ModelSummary,
  ServerEvent,
  SyncStatus,
  TrainingRun,
} from "@plimsoll/api";
import { createHash } from "node:crypto";

/** A model of the contract server, as its answers are made of. */
export interface ContractModel {
  summary: ModelSummary;
  versions: ModelDetails["versions"];
  history: Record<string, string[]>;
  config: ModelSettings;
  etag: number;
  card: string | null;
  metadata: Record<string, unknown>;
}

/** Everything that the contract server holds. Tests change it as they like: that is what it is for. */
export interface ContractState {
  models: Map<string, ContractModel>;
  sync: SyncStatus;
  runs: TrainingRun[];
  datasets: Map<string, DatasetSummary>;
  /** `model class digest` of every sample. */
  samples: Set<string>;
  events: ServerEvent[];
  /** A run waits after this many epochs until it is taken away. */
  holdAtEpoch?: number;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const day = 86_400_000;

interface Seed {
  readonly task: NonNullable<ModelSummary["task"]>;
  readonly versions: readonly string[];
  readonly metrics?: readonly Readonly<Record<string, number>>[];
  readonly size?: number;
  readonly location?: ModelSummary["location"];
  readonly requests?: number;
}

/** Makes a model with versions given oldest first; `production` names the last but one where there are several. */
export function contractModel(name: string, seed: Seed, now: number): ContractModel {
  const { versions, size = 25_000_000, location = "loaded", requests = 0 } = seed;
  const serving = versions.at(-2) ?? versions[0] ?? "v1.0.0";
  const details = versions.map((version, index) => ({
    version,
    createdAt: new Date(now - (versions.length - index) * 9 * day).toISOString(),
    files: [
      {
        name: `${name}.onnx`,
        size: size + index * 4096,
        checksum: digest(`${name} ${version}`),
      },
      { name: "metadata.json", size: 812, checksum: digest(`${name} ${version} metadata`) },
    ],
    ...(seed.metrics?.[index] ? { metrics: seed.metrics[index] } : {}),
    yanked: false,
    updateBytes: version === serving ? 0 : Math.round(size * 0.18) + index * 4096,
  }));
  return {
    summary: {
      model: name,
      task: seed.task,
      channels: { production: serving, latest: versions.at(-1) ?? serving },
      serving: location === "loaded" ? [{ version: serving, share: 1 }] : [],
      location,
      stale: false,
      pinned: false,
      memoryBytes: location === "loaded" ? size * 3 : 0,
      requests,
      errorRate: requests > 0 ? 0.004 : 0,
      latency: requests > 0 ? { p50: 23.4, p95: 61.2 } : { p50: 0, p95: 0 },
      digest: digest(`${name} ${serving}`),
      trust: 0,
      versions: versions.length,
      generation: 3,
      queued: 0,
    },
    versions: details.reverse(),
    history: { production: versions.slice(0, -1) },
    config: {},
    etag: 1,
    card: null,
    metadata: { version: serving, task: seed.task, file_size_mb: +(size / 2 ** 20).toFixed(2) },
  };
}

/** The state that a story starts with: three models that work, one that is only in the store. */
export function contractState(now: number): ContractState {
  const models = [
    contractModel(
      "harbour-objects",
      {
        task: "object-detection",
        versions: ["v1.0.0", "v1.1.0", "v2.0.0"],
        metrics: [
          { map50: 0.612, precision: 0.71, loss: 1.92 },
          { map50: 0.663, precision: 0.745, loss: 1.71 },
          { map50: 0.701, precision: 0.772, loss: 1.58 },
        ],
        size: 44_200_000,
        requests: 18_204,
      },
      now,
    ),
    contractModel(
      "engine-sounds",
      {
        task: "audio-classification",
        versions: ["v0.9.0", "v1.0.0", "v1.1.0", "v1.2.0"],
        metrics: [
          { accuracy: 0.871, f1: 0.86 },
          { accuracy: 0.902, f1: 0.894 },
          { accuracy: 0.921, f1: 0.913 },
          { accuracy: 0.934, f1: 0.93 },
        ],
        size: 17_317_003,
        requests: 932,
      },
      now,
    ),
    contractModel(
      "radio-messages",
      { task: "text-classification", versions: ["v1.0.0"], size: 2_400_000, requests: 41 },
      now,
    ),
    contractModel(
      "deck-pictures",
      {
        task: "image-classification",
        versions: ["v3.0.0", "v3.1.0"],
        size: 98_000_000,
        location: "cached",
      },
      now,
    ),
  ];
  const objects = models[0];
  if (objects) {
    objects.summary = { ...objects.summary, pinned: true, trust: 1 };
    objects.config = { confidence_threshold: 0.3, class_thresholds: { buoy: 0.45 } };
    objects.card =
      "# harbour-objects\n\nFinds **ships, buoys and people** on pictures of harbour cameras.\n\n" +
      "## How well it answers\n\n| class | precision | recall | samples |\n| --- | --- | --- | --- |\n" +
      "| ship | 81.2 % | 77.0 % | 4 120 |\n| buoy | 74.9 % | 70.3 % | 1 980 |\n| person | 69.4 % | 61.1 % | 733 |\n\n" +
      "## Data\n\n14 200 pictures of 9 harbours, day and night:\n\n- six cameras on piers\n- three on masts\n\n" +
      "## Limits\n\n> Not for fog; small boats beyond 400 m are missed.\n\n" +
      "```sh\nplimsoll sync --store s3://harbour-models --model harbour-objects\n```\n\n" +
      "Questions: [the harbour office](https://harbour.example/models).\n";
    objects.metadata = {
      ...objects.metadata,
      classes: ["ship", "buoy", "person"],
      input: { width: 640, height: 640, layout: "NCHW", resize: "letterbox" },
    };
  }
  return {
    models: new Map(models.map((model) => [model.summary.model, model])),
    sync: { state: "done", files: [] },
    runs: [],
    datasets: new Map([
      [
        "engine-sounds",
        {
          model: "engine-sounds",
          samples: 421,
          newSamples: 37,
          quarantined: 1,
          classes: { diesel: 160, "two-stroke": 121, sail: 96, jet: 44 },
        },
      ],
    ]),
    samples: new Set(),
    events: [],
  };
}
