import { dirname, join } from "node:path";
import { defaultCacheDir } from "@plimsoll/cache";
import { type ModelTraining, readTrainSettings } from "@plimsoll/pipeline";
import { parseStoreUrl } from "@plimsoll/storage";
import type { Context } from "./command.ts";
import { CliError } from "./error.ts";
import type { StoreFlags } from "./store-flags.ts";

/** Where a retraining works, and by which rules. */
export interface TrainingSetup {
  readonly storeUrl: string;
  /** Folder of this machine. */
  readonly dir: string;
  readonly models: Readonly<Record<string, ModelTraining>>;
  readonly redisUrl?: string;
}

/** Store by flag, environment or config; rules of the config's `train`; `REDIS_URL`. */
export function trainingSetup({ io, settings }: Context, flags: StoreFlags): TrainingSetup {
  const { url: storeUrl } =
    flags.store === undefined ? settings.defaultStore() : settings.store(flags.store, "--store");
  if ((flags.offline ?? settings.offline) && parseStoreUrl(storeUrl).kind !== "file") {
    throw new CliError("E_USAGE", `${storeUrl}: needs the network, which --offline forbids`);
  }
  const redisUrl = io.env["REDIS_URL"];
  const dir = dirname(settings.path("plimsoll.config.json", "config"));
  return {
    storeUrl,
    dir: join(defaultCacheDir(io.env, process.platform), "training"),
    models: readTrainSettings(settings.config.train ?? {}, { dir }),
    ...(redisUrl && { redisUrl }),
  };
}
