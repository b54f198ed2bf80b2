import { join, resolve } from "node:path";
import { parseStoreUrl } from "@plimsoll/storage";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says to a worker. */
export interface TrainerSettings {
  readonly redisUrl: string;
  readonly storeUrl: string;
  /** Folder of this machine for the work of runs. */
  readonly workRoot: string;
  readonly concurrency: number;
  readonly featureConcurrency?: number;
}

/** A variable that is missing or cannot be used. */
export class SettingError extends Error {
  override readonly name = "SettingError";
  readonly code = "E_USAGE";
}

function whole(env: Environment, name: string): number | undefined {
  const text = env[name]?.trim();
  if (!text) return undefined;
  if (/^[1-9][0-9]?$/.test(text)) return Number(text);
  throw new SettingError(`${name}: "${text.slice(0, 40)}" is no whole number from 1 to 99`);
}

function storeOf(env: Environment): string {
  const url = env["MODEL_STORE"]?.trim();
  if (url) return parseStoreUrl(url).url;
  const bucket = env["S3_BUCKET"]?.trim();
  if (!bucket) {
    throw new SettingError("MODEL_STORE: the store that models are retrained in, s3://bucket for one");
  }
  const options = new URLSearchParams();
  const endpoint = env["S3_ENDPOINT_URL"]?.trim();
  const region = env["S3_REGION"]?.trim();
  if (endpoint) options.set("endpoint", endpoint);
  if (region) options.set("region", region);
  return parseStoreUrl(`s3://${bucket}${options.size > 0 ? `?${options}` : ""}`).url;
}

/**
 * `REDIS_URL`, `MODEL_STORE` (or `S3_BUCKET` with `S3_ENDPOINT_URL`, `S3_REGION`), `PLIMSOLL_WORK_DIR`,
 * `PLIMSOLL_TRAINER_RUNS`, `PLIMSOLL_TRAINER_PARTS`. Throws `SettingError` that names the variable.
 */
export function trainerSettings(env: Environment): TrainerSettings {
  const redisUrl = env["REDIS_URL"]?.trim() ?? "";
  if (!/^rediss?:\/\/[^\s]+$/.test(redisUrl)) {
    throw new SettingError("REDIS_URL: the Redis to take work from, redis://host:6379 for one");
  }
  const featureConcurrency = whole(env, "PLIMSOLL_TRAINER_PARTS");
  const cache = env["PLIMSOLL_CACHE_DIR"]?.trim() || ".plimsoll";
  return {
    redisUrl,
    storeUrl: storeOf(env),
    workRoot: resolve(env["PLIMSOLL_WORK_DIR"]?.trim() || join(cache, "training", "work")),
    concurrency: whole(env, "PLIMSOLL_TRAINER_RUNS") ?? 1,
    ...(featureConcurrency !== undefined && { featureConcurrency }),
  };
}
