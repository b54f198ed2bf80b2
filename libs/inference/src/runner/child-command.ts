import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProcessSettings } from "../settings.ts";

/** What of the environment a child sees: it needs no key, token or address of a store. */
const passedOn = [
  "PATH",
  "HOME",
  "LANG",
  "LC_ALL",
  "TZ",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SYSTEMROOT",
  "XDG_CACHE_HOME",
  "LD_LIBRARY_PATH",
  "LD_PRELOAD",
] as const;

/** How a child is started. */
export interface ChildCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** An image without a shell has no limit for its children either. */
const shell = "/bin/sh";

/** From sources (`.ts`) the child needs what reads TypeScript; built code is plain JavaScript. */
const sourceFlags = ["--conditions=@plimsoll/source", "--import", "tsx"];

/**
 * The command of a version's process. The malloc threshold and the telemetry switch are read before a program starts, so
 * they must be in its environment; `prlimit`-like limits are set by a shell in front.
 */
export function childCommand(
  settings: ProcessSettings,
  from: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): ChildCommand {
  const here = fileURLToPath(import.meta.url);
  const fromSource = here.endsWith(".ts");
  const entry =
    settings.entry ??
    fileURLToPath(new URL(`../child/child.${fromSource ? "ts" : "js"}`, import.meta.url));
  const env: Record<string, string> = {};
  for (const name of passedOn) {
    const value = from[name];
    if (value !== undefined) env[name] = value;
  }
  Object.assign(env, {
    MALLOC_MMAP_THRESHOLD_: String(settings.mallocMmapThresholdBytes),
    ORT_DISABLE_TELEMETRY: "1",
    ...settings.env,
  });
  const args = [
    `--max-old-space-size=${settings.oldSpaceMb}`,
    `--max-semi-space-size=${settings.semiSpaceMb}`,
    ...(entry.endsWith(".ts") ? sourceFlags : []),
    entry,
  ];
  const limited = settings.dataLimitBytes > 0 && platform === "linux" && existsSync(shell);
  const limit = `ulimit -d ${Math.ceil(settings.dataLimitBytes / 1024)}; exec "$0" "$@"`;
  return {
    file: limited ? shell : process.execPath,
    args: limited ? ["-c", limit, process.execPath, ...args] : args,
    env,
    cwd: dirname(entry),
  };
}
