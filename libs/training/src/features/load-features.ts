import type { Backbone } from "../backbone/backbone.ts";
import type { Sample } from "../dataset/sample.ts";
import { TrainingError } from "../error.ts";
import type { LabelledRows } from "../head/labelled-rows.ts";
import { openFeatureCache } from "./feature-cache.ts";

/** Rows of a side of the split, from the cache, in the order of the samples; every sample gives `copies` rows. */
export async function loadFeatures(job: {
  readonly samples: readonly Sample[];
  readonly classes: readonly string[];
  readonly backbone: Backbone;
  readonly copies: number;
  readonly seed: number;
  readonly cacheDir: string;
}): Promise<LabelledRows> {
  const { samples, classes, backbone, copies, seed } = job;
  const { width } = backbone;
  const cache = openFeatureCache(job.cacheDir);
  const values = new Float32Array(samples.length * copies * width);
  const labels = new Uint16Array(samples.length * copies);
  for (const [index, sample] of samples.entries()) {
    const key = { sample: sample.sha256, backbone: backbone.sha256, copies, seed };
    const rows = await cache.read(key, width);
    if (rows === undefined) {
      throw new TrainingError(
        "E_USAGE",
        `${sample.id}: its features are not in the cache: extract them again`,
      );
    }
    values.set(rows, index * copies * width);
    labels.fill(classes.indexOf(sample.class), index * copies, (index + 1) * copies);
  }
  return { values, width, labels, classes: classes.length };
}
