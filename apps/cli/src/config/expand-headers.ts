import { CliError } from "../error.ts";
import type { Config } from "./config.ts";
import type { Io } from "../io.ts";

/** Request headers per origin, ready to be sent. */
export type Headers = Readonly<Record<string, Readonly<Record<string, string>>>>;

const reference = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/**
 * The config's `headers` with `$NAME` and `${NAME}` replaced from the environment.
 *
 * @throws CliError `E_USAGE` naming the variable that is not set, or whose value cannot stand in a header.
 */
export function expandHeaders(headers: Config["headers"], env: Io["env"]): Headers {
  const expanded: Record<string, Record<string, string>> = {};
  for (const [origin, named] of Object.entries(headers ?? {})) {
    const values: Record<string, string> = {};
    for (const [name, value] of Object.entries(named)) {
      values[name] = value.replace(reference, (_, braced?: string, bare?: string) => {
        const variable = braced ?? bare ?? "";
        const secret = env[variable];
        if (!secret) {
          throw new CliError(
            "E_USAGE",
            `${variable}: not set, but the config's header "${name}" of ${origin} needs it`,
          );
        }
        if (/[^\t\x20-\x7e\x80-\xff]/.test(secret)) {
          throw new CliError(
            "E_USAGE",
            `${variable}: its value has a line break or another character that no header may hold`,
          );
        }
        return secret;
      });
    }
    expanded[new URL(origin).origin] = values;
  }
  return expanded;
}
