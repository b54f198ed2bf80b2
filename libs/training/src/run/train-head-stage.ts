import type { Backbone } from "../backbone/backbone.ts";
import { settleSplit } from "../dataset/settle.ts";
import type { Split } from "../dataset/split.ts";
import { extractFeatures } from "../features/extract-features.ts";
import { loadFeatures } from "../features/load-features.ts";
import { fitHead } from "../head/fit-head.ts";
import type { RunSettings } from "./settings.ts";
import { epochProgress } from "./epoch-progress.ts";
import type { TrainedParts } from "./work-dir.ts";

/** Extracts what is not in the cache yet, then fits the head on the frozen backbone's features. */
export async function trainHeadStage(
  settings: RunSettings,
  split: Split,
  backbone: Backbone,
): Promise<TrainedParts> {
  const { copies, seed, head, epochs, patience, signal, onProgress } = settings;
  const job = {
    backbone,
    seed,
    cacheDir: settings.featureCacheDir,
    ...(signal ? { signal } : {}),
  };
  const total = split.train.length + split.validation.length;
  const sides = [
    { samples: split.train, copies, before: 0 },
    { samples: split.validation, copies: 1, before: split.train.length },
  ];
  const problems = [];
  for (const { samples, copies: rows, before } of sides) {
    const result = await extractFeatures({
      ...job,
      samples,
      copies: rows,
      ...(onProgress
        ? { onProgress: (at) => onProgress({ ...at, done: before + at.done, total }) }
        : {}),
    });
    problems.push(...result.problems);
  }
  const settled = settleSplit(split, new Set(problems.map(({ sample }) => sample)));
  const rowsOf = (samples: Split["train"], rows: number) =>
    loadFeatures({ ...job, samples, classes: settled.classes, copies: rows });
  const fitted = await fitHead(await rowsOf(settled.train, copies), {
    kind: head === "mlp" ? "mlp" : "softmax",
    validation: await rowsOf(settled.validation, 1),
    inPlace: true,
    epochs,
    patience,
    seed,
    ...(signal ? { signal } : {}),
    onEpoch: epochProgress(epochs, onProgress),
  });
  return { ...fitted, problems };
}
