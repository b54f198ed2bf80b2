import { join } from "node:path";
import { defaultCacheDir } from "@plimsoll/cache";
import type { ModelTraining } from "@plimsoll/pipeline";
import { parseStoreUrl } from "@plimsoll/storage";
import { laterTraining } from "./later-training.ts";
import type { Serving } from "./serving.ts";
import type { Environment, Settings } from "./settings/settings.ts";
import type { Training } from "./training.ts";

export interface HereOptions {
  readonly settings: Settings;
  readonly env: Environment;
  /** The store of the config, where the environment names none. */
  readonly store: string | undefined;
  readonly models: Readonly<Record<string, ModelTraining>> | undefined;
  readonly serving: Serving;
  readonly log: (line: string) => void;
}

/**
 * Samples and retraining over the store that is served from; undefined without one that can be written. A version that a
 * run promotes is taken at once, others are found as any version is. Opened in the background where trainings are
 * configured, so that what a process before this one began goes on; else by the first request.
 */
export function openTrainingHere(options: HereOptions): Training | undefined {
  const { settings, env, models, serving, log } = options;
  const storeUrl = settings.store ?? options.store;
  if (storeUrl === undefined || settings.offline) return undefined;
  if (!["file", "s3", "gcs"].includes(parseStoreUrl(storeUrl).kind)) return undefined;
  const { minNewSamples, redisUrl } = settings;
  const run = minNewSamples === undefined ? {} : { run: { minNewSamples } };
  const training = laterTraining(async () => {
    const { openTraining } = await import("@plimsoll/pipeline");
    return await openTraining({
      storeUrl,
      dir: join(settings.cacheDir ?? defaultCacheDir(env, process.platform), "training"),
      models: models ?? {},
      defaults: { ...run, ...(minNewSamples !== undefined && { newSamples: minNewSamples }) },
      ...(redisUrl !== undefined && { redisUrl }),
      env,
      log,
      onEnded: ({ model, run: id, state, promoted_to: channel, error }) => {
        log(`${id}: ${model} ${state}${error === undefined ? "" : `: ${error.message}`}`);
        if (channel === undefined) return;
        serving.reload({ model_type: model }).catch((reason: unknown) => {
          log(`${model}: what ${channel} names now is taken later: ${String(reason)}`);
        });
      },
    });
  });
  if (models !== undefined || minNewSamples !== undefined) {
    training.runs().catch((error: unknown) => log(`training: tried again later: ${String(error)}`));
  }
  return training;
}
