import { basename, relative, resolve, sep } from "node:path";
import { environmentStore } from "@plimsoll/storage/environment";
import { CliError } from "../error.ts";
import type { Io } from "../io.ts";
import { nearest } from "../text/nearest.ts";
import type { Config } from "./config.ts";
import { expandHeaders, type Headers } from "./expand-headers.ts";
import { type LogLevel, parseLogLevel } from "./log-level.ts";
import type { ReadConfig } from "./read-config.ts";

/** A store and the place that named it, for messages. */
export interface NamedStore {
  readonly url: string;
  /** `--store`, `MODEL_STORE`, `plimsoll.config.json`. */
  readonly source: string;
}

/** What a command needs to know beyond its own flags: flag, then environment, then config. */
export interface Settings {
  readonly config: Config;
  /** Absolute path of the config file; undefined where there is none. */
  readonly configPath: string | undefined;
  readonly logLevel: LogLevel;
  readonly offline: boolean;
  /** Path as the libraries should be given it; `base` tells where a relative one starts. */
  path(path: string, base?: "cwd" | "config"): string;
  /** A store by its URL, folder or name in the config. */
  store(nameOrUrl: string, source: string): NamedStore;
  /** The one store that a reading command looks into, where one is named. */
  findStore(): NamedStore | undefined;
  /** The same, required. */
  defaultStore(): NamedStore;
  /** The stores that `publish` writes to when no flag says. */
  publishStores(): readonly NamedStore[];
  /** Headers per origin, expanded on demand: a command that needs none does not fail for want of a variable. */
  headers(): Headers;
}

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly logLevel?: string;
}

function readSwitch(env: Io["env"], variable: string): boolean {
  const value = env[variable]?.toLowerCase() ?? "";
  if (["", "0", "false", "no"].includes(value)) return false;
  if (["1", "true", "yes"].includes(value)) return true;
  throw new CliError("E_USAGE", `${variable}: "${value}" is neither 1 nor 0`);
}

/** A path under the process's own working folder stays relative, as a person would type it. */
function asTyped(absolute: string): string {
  const short = relative(process.cwd(), absolute);
  const isInside = short !== ".." && !short.startsWith(`..${sep}`) && resolve(short) === absolute;
  return isInside ? short || "." : absolute;
}

const isPath = (text: string): boolean => /^(\.{1,2}([\\/]|$)|[\\/]|[A-Za-z]:[\\/])/.test(text);

/** @throws CliError `E_USAGE` that names the flag, variable or key whose value cannot be used. */
export function settle(io: Io, read: ReadConfig, flags: GlobalFlags): Settings {
  const { config } = read;
  const stores = new Map(Object.entries(config.stores ?? {}));
  const configName = read.path ?? "plimsoll.config.json";

  const path = (text: string, base: "cwd" | "config" = "cwd"): string =>
    asTyped(resolve(base === "config" ? read.dir : io.cwd, text));

  const url = (text: string, base: "cwd" | "config"): string => {
    if (!isPath(text)) return text;
    const typed = path(text, base);
    return isPath(typed) ? typed : `./${typed}`;
  };

  const store = (nameOrUrl: string, source: string, base: "cwd" | "config" = "cwd"): NamedStore => {
    if (isPath(nameOrUrl) || /^[a-z][a-z0-9+.-]*:/i.test(nameOrUrl)) {
      return { url: url(nameOrUrl, base), source };
    }
    const named = stores.get(nameOrUrl);
    if (named !== undefined) return { url: url(named, "config"), source };
    const guess = nearest(nameOrUrl, [...stores.keys()]);
    const known = stores.size
      ? `${configName} has ${[...stores.keys()].join(", ")}`
      : `${configName} names none`;
    throw new CliError(
      "E_USAGE",
      `${source}: no store named "${nameOrUrl}" (${guess ? `did you mean "${guess}"?` : known}); a folder is written ./${nameOrUrl}`,
    );
  };

  const fromEnvironment = (): NamedStore | undefined => {
    const found = environmentStore(io.env);
    return found && store(found.url, found.variable);
  };

  const publishStores = (): readonly NamedStore[] => {
    const found = fromEnvironment();
    if (found) return [found];
    return (config.publish?.to ?? []).map((name) =>
      store(name, `${configName}: publish.to`, "config"),
    );
  };

  const findStore = (): NamedStore | undefined => {
    const found = fromEnvironment();
    if (found) return found;
    const [published] = config.publish?.to ?? [];
    const [only] = stores.keys();
    const name = stores.has("main") ? "main" : stores.size === 1 ? only : (published ?? only);
    return name === undefined ? undefined : store(name, configName, "config");
  };

  const defaultStore = (): NamedStore => {
    const found = findStore();
    if (found) return found;
    throw new CliError(
      "E_USAGE",
      'which store? Give --store <url>, set MODEL_STORE, or name one in plimsoll.config.json: { "stores": { "main": "s3://…" } }',
    );
  };

  // With --json the steps are events already.
  const quiet = flags.json ? "warn" : "info";
  const level = flags.logLevel === undefined ? io.env["LOG_LEVEL"] : flags.logLevel;
  return {
    config,
    configPath: read.path === undefined ? undefined : resolve(read.dir, basename(read.path)),
    logLevel: level ? parseLogLevel(level, flags.logLevel ? "--log-level" : "LOG_LEVEL") : quiet,
    offline: readSwitch(io.env, "PLIMSOLL_OFFLINE"),
    path,
    store,
    findStore,
    defaultStore,
    publishStores,
    headers: () => expandHeaders(config.headers, io.env),
  };
}
