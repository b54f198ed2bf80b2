import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type JsonValue, parseJson } from "@plimsoll/manifest";
import { CliError } from "../error.ts";
import { checkShape } from "./check-shape.ts";
import type { Config } from "./config.ts";
import { configSchema } from "./config-schema.ts";

/** A config and where it lies: its relative paths start there. */
export interface ReadConfig {
  readonly config: Config;
  /** Folder of the config file; without one the working folder. Absolute. */
  readonly dir: string;
  /** Path as given, for messages; undefined where there is no config. */
  readonly path: string | undefined;
}

const defaultName = "plimsoll.config.json";
const maxBytes = 1024 * 1024;

/**
 * Reads the named config, else `plimsoll.config.json` in `cwd` if there is one.
 *
 * @throws CliError `E_NOT_FOUND` for a named file that does not exist, `E_USAGE` for wrong JSON or a wrong key.
 */
export async function readConfig(cwd: string, named?: string): Promise<ReadConfig> {
  const path = named ?? defaultName;
  const file = resolve(cwd, path);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw new CliError("E_USAGE", `${path}: cannot be read: ${message}`);
    if (named === undefined) return { config: {}, dir: cwd, path: undefined };
    throw new CliError("E_NOT_FOUND", `${path}: no such config file: check --config`);
  }
  let value: JsonValue;
  try {
    value = parseJson(bytes, { maxBytes, maxDepth: 16, source: path });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("E_USAGE", reason, { cause: error });
  }
  const wrong = checkShape(value, configSchema);
  if (wrong !== undefined) throw new CliError("E_USAGE", `${path}: ${wrong}`);
  return { config: value as Config, dir: dirname(file), path };
}
