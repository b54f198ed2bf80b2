import type { TrainingRun } from "@plimsoll/api";
import { type ContractState, contractState } from "../testing/contract-state.ts";
import { curvePoint } from "../testing/contract-training.ts";

/** A server in the middle of everything: a sync with a failure, runs of every kind, a canary, events. */
export function busyState(now: number): ContractState {
  const state = contractState(now);
  const at = (secondsAgo: number): string => new Date(now - secondsAgo * 1000).toISOString();
  const curve = (epochs: number): TrainingRun["curve"] =>
    Array.from({ length: epochs }, (_, index) => curvePoint(index + 1));
  const samples = { ...state.datasets.get("engine-sounds")?.classes };
  const baseline = { baseline: "v1.1.0", baselineMetrics: { accuracy: 0.921, f1: 0.913 } };
  state.runs = [
    {
      id: "run-3",
      model: "engine-sounds",
      state: "running",
      stage: "train",
      progress: 0.64,
      reason: "37 new samples",
      createdAt: at(190),
      startedAt: at(184),
      samples,
      ...baseline,
      curve: curve(14),
    },
    {
      id: "run-2",
      model: "engine-sounds",
      state: "succeeded",
      stage: "promote",
      progress: 1,
      reason: "nightly",
      createdAt: at(86_700),
      startedAt: at(86_690),
      endedAt: at(86_241),
      version: "v1.2.0",
      samples,
      ...baseline,
      metrics: { accuracy: 0.934, f1: 0.93, loss: 0.211 },
      confusion: {
        classes: ["diesel", "two-stroke", "sail", "jet"],
        counts: [
          [31, 1, 0, 0],
          [2, 22, 0, 1],
          [0, 0, 19, 0],
          [0, 3, 0, 6],
        ],
      },
      curve: curve(30),
    },
    {
      id: "run-1",
      model: "engine-sounds",
      state: "failed",
      stage: "features",
      progress: 0.31,
      reason: "started from the dashboard",
      createdAt: at(190_000),
      startedAt: at(189_990),
      endedAt: at(189_900),
      samples,
      curve: [],
      error: {
        code: "E_MODEL",
        message: "backbone.onnx: not in the cache and the store is out of reach: sync, then retry",
      },
    },
  ];
  const mib = 2 ** 20;
  state.sync = {
    state: "syncing",
    files: [
      ["harbour-objects.onnx", 42 * mib, 42 * mib, "verified"],
      ["engine-sounds.onnx", 16.5 * mib, 9.1 * mib, "fetching"],
      ["deck-pictures.onnx", 93 * mib, 21 * mib, "fetching"],
      ["radio-messages.onnx", 2.3 * mib, 0, "waiting"],
      ["labels.json", 2048, 1024, "failed"],
    ].map(([name, size, received, what]) => ({
      name: String(name),
      size: Math.round(Number(size)),
      received: Math.round(Number(received)),
      bytesPerSecond: what === "fetching" ? 3.4 * mib : 0,
      state: what as "waiting" | "fetching" | "verified" | "failed",
      ...(what === "failed"
        ? {
            error: {
              code: "E_DIGEST",
              message:
                "labels.json: 9f31… expected, got 11ac… from https://models.example: publish again",
            },
          }
        : {}),
    })),
  };
  const objects = state.models.get("harbour-objects");
  if (objects) {
    objects.summary = {
      ...objects.summary,
      serving: [
        { version: "v1.1.0", share: 0.9 },
        { version: "v2.0.0", share: 0.1 },
      ],
      shadow: { version: "v1.0.0", compared: 812, disagreed: 31 },
    };
  }
  const sounds = state.models.get("engine-sounds");
  if (sounds) {
    sounds.summary = {
      ...sounds.summary,
      stale: true,
      failure: {
        version: "v1.2.0",
        code: "E_GOLDEN",
        message: "golden vector 2 differs by 0.31, allowed is 0.001",
      },
    };
  }
  state.events = [
    { id: 4, at: at(12), type: "swapped", model: "harbour-objects", version: "v2.0.0" },
    {
      id: 3,
      at: at(340),
      type: "failed",
      model: "engine-sounds",
      version: "v1.2.0",
      code: "E_GOLDEN",
      message: "golden vector 2 differs by 0.31, allowed is 0.001; v1.1.0 still answers",
    },
    { id: 2, at: at(4000), type: "evicted", model: "deck-pictures", version: "v3.0.0" },
    { id: 1, at: at(93_000), type: "loaded", model: "radio-messages", version: "v1.0.0" },
  ];
  return state;
}
