import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentStore } from "@plimsoll/storage/environment";

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
  /** Lines about the work are written; whether it failed is in its run's record in any case. */
  readonly isTalkative: boolean;
}

/** The environment cannot be used; the message begins with the variable. */
export class SettingsError extends Error {
  readonly code = "E_USAGE";
}

/**
 * Reads `REDIS_URL`, the store as all programs do (`MODEL_STORE`, or `MODEL_STORAGE_TYPE`, `S3_BUCKET` and what belongs to
 * it), `CONCURRENCY`, `PORT`, `HOST`, `LOG_LEVEL` and `PLIMSOLL_CACHE_DIR`. An empty variable is an absent one.
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
    storeUrl: storeUrl(env),
    workRoot: join(text(env, "PLIMSOLL_CACHE_DIR") ?? join(tmpdir(), "plimsoll"), "training"),
    concurrency: wholeNumber(env, "CONCURRENCY", 64) || 1,
    ...(port !== undefined && { port }),
    host: text(env, "HOST") ?? "127.0.0.1",
    isTalkative: isTalkative(env),
  };
}

function storeUrl(env: Environment): string {
  try {
    const found = environmentStore(env);
    if (found) return found.url;
  } catch (cause) {
    throw new SettingsError((cause as Error).message, { cause });
  }
  return refuse("MODEL_STORE", "names no store, e.g. s3://my-bucket; S3_BUCKET neither");
}

/** The levels are those of the server. */
function isTalkative(env: Environment): boolean {
  const level = text(env, "LOG_LEVEL")?.toLowerCase() ?? "info";
  if (["trace", "debug", "info"].includes(level)) return true;
  if (["warn", "warning", "error", "critical", "fatal", "silent"].includes(level)) return false;
  return refuse("LOG_LEVEL", "none of trace, debug, info, warn, error, fatal, silent");
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
