import { readFile } from "node:fs/promises";
import type { Backbone } from "../backbone/backbone.ts";
import type { Problem } from "../dataset/problem.ts";
import type { Sample } from "../dataset/sample.ts";
import { TrainingError } from "../error.ts";
import { seededRandom } from "../random.ts";
import type { TrainProgress } from "../run/progress.ts";
import { openEmbedder } from "./embed.ts";
import { openFeatureCache } from "./feature-cache.ts";
import { readExample } from "./read-example.ts";

/** What `extractFeatures` takes: a part of a run's samples, so that several workers may share them. */
export interface FeatureJob {
  readonly samples: readonly Sample[];
  readonly backbone: Backbone;
  /** Rows per sample: itself and its changed copies. */
  readonly copies: number;
  readonly seed: number;
  /** Where rows are put, and found again. */
  readonly cacheDir: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
}

/** What `extractFeatures` did. */
export interface FeatureResult {
  /** Ids of the samples whose rows are in the cache now. */
  readonly ready: readonly string[];
  /** How many of them were there before. */
  readonly cached: number;
  /** Samples that are left out. */
  readonly problems: readonly Problem[];
}

/**
 * Decodes samples, changes copies of them and puts their features into the cache. One bad sample stops none of the
 * others: it is reported by its id. Blocks the thread for milliseconds at a time; run it in a process that may be busy.
 *
 * @throws TrainingError `E_ABORTED`, `E_MODEL` for a backbone that does not run.
 */
export async function extractFeatures(job: FeatureJob): Promise<FeatureResult> {
  const { samples, backbone, copies, seed } = job;
  const cache = openFeatureCache(job.cacheDir);
  const embedder = await openEmbedder(backbone);
  const ready: string[] = [];
  const problems: Problem[] = [];
  let cached = 0;
  try {
    for (const [index, sample] of samples.entries()) {
      if (job.signal?.aborted) {
        throw new TrainingError("E_ABORTED", `${sample.id}: ended on request`);
      }
      const tell = (): void =>
        job.onProgress?.({ stage: "features", done: index + 1, total: samples.length });
      const key = { sample: sample.sha256, backbone: backbone.sha256, copies, seed };
      if (await cache.read(key, backbone.width)) {
        cached += 1;
        ready.push(sample.id);
        tell();
        continue;
      }
      try {
        const example = await readExample(await readFile(sample.path), backbone.input);
        const random = seededRandom(seed ^ Number.parseInt(sample.sha256.slice(0, 8), 16));
        const rows = await embedder.embed(example, copies, random);
        if (rows.every(Number.isFinite)) {
          await cache.write(key, rows);
          ready.push(sample.id);
        } else {
          const message = `${sample.id}: its features are not finite: the file or the backbone has numbers that are none`;
          problems.push({ sample: sample.id, code: "E_OUTPUT", message });
        }
      } catch (error) {
        if (!isSampleError(error)) throw error;
        problems.push({
          sample: sample.id,
          code: "E_INPUT",
          message: `${sample.id}: ${reason(error)}`,
        });
      }
      tell();
    }
  } finally {
    await embedder.close();
  }
  return { ready, cached, problems };
}

/** Whether the sample is to blame: its decoder's word, a missing file, text that is no UTF-8. */
export function isSampleError(error: unknown): boolean {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code !== "string") return name === "TypeError";
  return ["E_INPUT", "E_MEDIA", "ENOENT", "EISDIR", "ERR_ENCODING_INVALID_ENCODED_DATA"].includes(
    code,
  );
}

const reason = (error: unknown): string =>
  String((error as { readonly message?: unknown }).message ?? error).slice(0, 300);
