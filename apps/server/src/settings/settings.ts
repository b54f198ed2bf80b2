import { environmentStore } from "@plimsoll/storage/environment";
import { ServerError } from "../error.ts";
import { parseBytes } from "./parse-bytes.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says; section 8 of the contracts. An empty variable is an absent one. */
export interface Settings {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Admin routes are on this port alone. */
  readonly adminPort?: number;
  readonly adminToken?: string;
  readonly apiKey?: string;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  readonly isProduction: boolean;
  /** Store URL. */
  readonly store?: string;
  /** Key of the one object to serve. */
  readonly modelKey?: string;
  readonly modelsDir?: string;
  readonly cacheDir?: string;
  /** Bytes that all models together may use. */
  readonly memoryBudgetBytes?: number;
  readonly skipSync: boolean;
  readonly offline: boolean;
  readonly redisUrl?: string;
  /** Answers are kept in Redis for so long; 0, the default: not at all. */
  readonly predictionCacheSeconds?: number;
  readonly minNewSamples?: number;
  /** PEM or path. */
  readonly signingKey?: string;
  /** One line each, to be logged. */
  readonly notes: readonly string[];
}

const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
const ignored = ["DATABASE_URL", "ATLAS_ENV", "API_URL"];

const refuse = (name: string, why: string): never => {
  throw new ServerError("E_USAGE", 500, `${name}: ${why}`);
};

const valueOf = (env: Environment, name: string): string | undefined => {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
};

function wholeNumber(env: Environment, name: string, max: number): number | undefined {
  const text = valueOf(env, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (!(value <= max)) return refuse(name, `not a whole number from 0 to ${max}`);
  return value;
}

function flag(env: Environment, name: string): boolean {
  const text = valueOf(env, name)?.toLowerCase() ?? "0";
  if (["1", "true", "yes", "on"].includes(text)) return true;
  if (["0", "false", "no", "off"].includes(text)) return false;
  return refuse(name, "neither 1 nor 0");
}

function level(env: Environment): Settings["logLevel"] {
  const text = valueOf(env, "LOG_LEVEL")?.toLowerCase() ?? "info";
  const name = text === "warning" ? "warn" : text === "critical" ? "fatal" : text;
  return (
    levels.find((each) => each === name) ?? refuse("LOG_LEVEL", `none of ${levels.join(", ")}`)
  );
}

/** A header carries it, so it must be visible ASCII. The value is never repeated. */
function secret(env: Environment, name: string): string | undefined {
  const text = valueOf(env, name);
  if (text !== undefined && !/^[\x21-\x7e]+$/.test(text)) {
    refuse(name, "holds spaces or characters that no header can carry");
  }
  return text;
}

function redis(env: Environment): string | undefined {
  const text = valueOf(env, "REDIS_URL");
  if (text !== undefined && !(URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol))) {
    refuse("REDIS_URL", "not an address that starts with redis:// or rediss://");
  }
  return text;
}

function memoryBudget(env: Environment): number | undefined {
  const text = valueOf(env, "PLIMSOLL_MEMORY_BUDGET");
  if (text === undefined) return undefined;
  return parseBytes(text) ?? refuse("PLIMSOLL_MEMORY_BUDGET", "not an amount such as 512MB");
}

/** `local` is no store: models come from `PLIMSOLL_MODELS_DIR`. */
function storeOf(env: Environment): string | undefined {
  try {
    const found = environmentStore(env);
    return found?.variable === "MODEL_STORAGE_TYPE" ? undefined : found?.url;
  } catch (cause) {
    throw new ServerError("E_USAGE", 500, (cause as Error).message, { cause });
  }
}

function notesOf(env: Environment, adminToken: string | undefined): string[] {
  const notes = ignored
    .filter((name) => valueOf(env, name) !== undefined)
    .map((name) => `${name} is ignored: nothing here uses it`);
  if (adminToken !== undefined && adminToken.length < 32) {
    notes.push("ADMIN_TOKEN is shorter than 32 characters: openssl rand -hex 32 makes a good one");
  }
  return notes;
}

/**
 * The settings of a server.
 *
 * @throws ServerError `E_USAGE`, one line that begins with the variable whose value cannot be used. The value of a
 * secret is not in it.
 */
export function readSettings(env: Environment): Settings {
  const adminToken = secret(env, "ADMIN_TOKEN");
  const optional = {
    adminPort: wholeNumber(env, "ADMIN_PORT", 65_535),
    adminToken,
    apiKey: secret(env, "API_KEY"),
    store: storeOf(env),
    modelKey: valueOf(env, "S3_MODEL_KEY"),
    modelsDir: valueOf(env, "PLIMSOLL_MODELS_DIR"),
    cacheDir: valueOf(env, "PLIMSOLL_CACHE_DIR"),
    memoryBudgetBytes: memoryBudget(env),
    redisUrl: redis(env),
    predictionCacheSeconds: wholeNumber(env, "PREDICTION_CACHE_SECONDS", 86_400),
    minNewSamples: wholeNumber(env, "MIN_NEW_SAMPLES", 1_000_000_000),
    signingKey: valueOf(env, "PLIMSOLL_SIGNING_KEY"),
  };
  const isProduction = env["NODE_ENV"] === "production";
  if (isProduction && env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    refuse("NODE_TLS_REJECT_UNAUTHORIZED", "0 takes any certificate: not in production");
  }
  const port = wholeNumber(env, "PORT", 65_535) ?? 8000;
  if (optional.adminPort !== undefined && optional.adminPort === port && port !== 0) {
    refuse("ADMIN_PORT", "the same as PORT: leave it out for one port");
  }
  return {
    port,
    host: valueOf(env, "HOST") ?? "127.0.0.1",
    logLevel: level(env),
    isProduction,
    skipSync: flag(env, "SKIP_WEIGHT_SYNC"),
    offline: flag(env, "PLIMSOLL_OFFLINE"),
    notes: notesOf(env, adminToken),
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Present<typeof optional>),
  };
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };
