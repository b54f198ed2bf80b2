import type { ModelOutput, Models, ModelStatus, Prediction } from "@plimsoll/inference";

export interface FakeModels extends Models {
  /** How many predictions were begun, and how many of them were ended by their signal. */
  readonly asked: { begun: number; aborted: number };
}

export interface FakeModelsOptions {
  readonly status?: readonly ModelStatus[];
  /** What a prediction gives; by default the input tensors, or a class. */
  readonly output?: ModelOutput;
}

export const digest = "ab".repeat(32);

/** A model of one version that is ready and takes any tensor. */
export const readyModel = (model: string, version = "v1.0.0"): ModelStatus => ({
  model,
  generation: 1,
  serving: version,
  versions: [
    {
      version,
      digest,
      state: "ready",
      memoryBytes: 12_345,
      inputs: [{ name: "x", type: "FP32", shape: [-1, 2] }],
      outputs: [{ name: "y", type: "FP32", shape: [-1, 2] }],
      requests: 3,
      errors: 1,
      latency: { p50: 1, p95: 2, p99: 3 },
    },
  ],
  pinned: false,
  queued: 0,
  config: {},
});

/** Models without children: every one answers what it is told to. */
export function fakeModels(options: FakeModelsOptions = {}): FakeModels {
  const asked = { begun: 0, aborted: 0 };
  return {
    asked,
    async predict(model, input): Promise<Prediction> {
      asked.begun += 1;
      const output: ModelOutput =
        options.output ??
        (input.kind === "tensors"
          ? { kind: "tensors", tensors: input.tensors }
          : {
              kind: "classification",
              predictedClass: "cat",
              confidence: 0.75,
              probabilities: { cat: 0.75, dog: 0.25 },
            });
      return { model, version: "v1.0.0", digest, output, durationMs: 12, queuedMs: 2 };
    },
    status: () => options.status ?? [readyModel("iris")],
    swap: async (candidate) => ({
      model: candidate.model,
      generation: 2,
      version: candidate.version,
      outcome: "swapped",
      plan: "side-by-side",
      durationMs: 1,
    }),
    loadBeside: async () => undefined,
    configure: () => undefined,
    pin: () => undefined,
    unload: async () => undefined,
    listen: () => () => undefined,
    close: async () => undefined,
  };
}
