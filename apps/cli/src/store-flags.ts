import type { Command } from "commander";

/** Flags of the commands that look into one store. */
export interface StoreFlags {
  readonly store?: string;
  readonly allowHttp?: true;
  readonly offline?: true;
}

/** Adds them. */
export function withStoreFlags(command: Command): Command {
  return command
    .option(
      "--store <store>",
      "URL or configured name (default: the environment's, else the config's)",
    )
    .option("--allow-http", "accept http:// beyond this machine")
    .option("--offline", "use no network: only a folder can be a store");
}
