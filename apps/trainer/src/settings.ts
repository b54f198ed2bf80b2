import { tmpdir } from "node:os";
import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says to a worker. */
export interface Settings {
  readonly redisUrl: string;
  readonly storeUrl: string;
  /** Folder of this machine, for downloads and models under way. */
  readonly workRoot: string;
  /** Runs at the same time. */
  readonly concurrency: number;
  /** Where `/health/live` answers; no port, no listener. */
  readonly port?: number;
  readonly host: string;
}

/** The environment cannot be used; the message begins with the variable. */
export class SettingsError extends Error {
  readonly code = "E_USAGE";
}

/**
 * Reads `REDIS_URL`, `MODEL_STORE` (or `S3_BUCKET` with `S3_ENDPOINT_URL` and `S3_REGION`), `CONCURRENCY`, `PORT`,
 * `HOST` and `PLIMSOLL_CACHE_DIR`. An empty variable is an absent one.
 *
 * @throws SettingsError that names the variable.
 */
export function readSettings(env: Environment): Settings {
  const redisUrl =
    text(env, "REDIS_URL") ?? refuse("REDIS_URL", "names no Redis to take work from");
  if (!/^rediss?:\/\//.test(redisUrl))
    refuse("REDIS_URL", "does not start with redis:// or rediss://");
  const port = wholeNumber(env, "PORT", 65_535);
  return {
    redisUrl,
    storeUrl: text(env, "MODEL_STORE") ?? bucketUrl(env),
    workRoot: join(text(env, "PLIMSOLL_CACHE_DIR") ?? join(tmpdir(), "plimsoll"), "training"),
    concurrency: wholeNumber(env, "CONCURRENCY", 64) || 1,
    ...(port !== undefined && { port }),
    host: text(env, "HOST") ?? "127.0.0.1",
  };
}

function bucketUrl(env: Environment): string {
  const bucket =
    text(env, "S3_BUCKET") ??
    refuse("MODEL_STORE", "names no store, e.g. s3://my-bucket; S3_BUCKET neither");
  const options = [
    ["endpoint", text(env, "S3_ENDPOINT_URL")],
    ["region", text(env, "S3_REGION")],
  ].flatMap(([name, value]) => (value ? [`${name}=${value}`] : []));
  return `s3://${bucket}${options.length > 0 ? `?${options.join("&")}` : ""}`;
}

function text(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

function wholeNumber(env: Environment, name: string, max: number): number | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  const isNumber = /^\d{1,6}$/.test(value) && Number(value) <= max;
  return isNumber ? Number(value) : refuse(name, `not a whole number from 0 to ${max}`);
}

function refuse(name: string, why: string): never {
  throw new SettingsError(`${name}: ${why}`);
}
