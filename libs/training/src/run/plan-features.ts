import { join } from "node:path";
import type { Backbone } from "../backbone/backbone.ts";
import { chooseBackbone } from "../backbone/choose-backbone.ts";
import type { Sample } from "../dataset/sample.ts";
import { splitSamples } from "../dataset/split.ts";
import { runSettings } from "./settings.ts";
import type { TrainModelOptions } from "./train-options.ts";
import { openWorkDir } from "./work-dir.ts";

/** What workers need to extract a run's features before `trainModel` is called with the same options. */
export interface FeatureWork {
  /** Already in `workDir`, for `readBackbone` on this or another machine. */
  readonly backbonePath: string;
  readonly backbone: Backbone;
  /** Samples that may be cut into any pieces, each with how many rows it gives. */
  readonly sides: readonly { readonly samples: readonly Sample[]; readonly copies: number }[];
  readonly seed: number;
  /** Where `trainModel` will look. */
  readonly cacheDir: string;
}

/**
 * Splits a run's samples and chooses its backbone, so that others may call `extractFeatures` for parts of them. What they
 * put into `cacheDir` is not extracted again. Undefined: the convolutional net needs no features.
 *
 * @throws TrainingError as `trainModel` does.
 */
export async function planFeatures(options: TrainModelOptions): Promise<FeatureWork | undefined> {
  const settings = runSettings(options);
  if (settings.head === "convnet") return undefined;
  const { samples, holdOut, seed, copies, workDir, fingerprint } = settings;
  const split = splitSamples(samples, { holdOut, seed });
  const work = await openWorkDir(workDir, fingerprint);
  return {
    backbonePath: join(workDir, "frozen.onnx"),
    backbone: await work.backbone("frozen", () => chooseBackbone(settings, split.train)),
    sides: [
      { samples: split.train, copies },
      { samples: split.validation, copies: 1 },
    ],
    seed,
    cacheDir: settings.featureCacheDir,
  };
}
