import { CliError } from "../error.ts";

/** From quiet to talkative. */
export const logLevels = ["silent", "error", "warn", "info", "debug"] as const;

export type LogLevel = (typeof logLevels)[number];

/** What loggers of other worlds call the same. */
const synonyms: Readonly<Record<string, LogLevel>> = {
  critical: "error",
  fatal: "error",
  warning: "warn",
  notice: "info",
  trace: "debug",
};

/**
 * A log level in any case; `source` is the flag or variable, for the message.
 *
 * @throws CliError `E_USAGE`
 */
export function parseLogLevel(text: string, source: string): LogLevel {
  const lower = text.toLowerCase();
  const level = logLevels.find((known) => known === lower) ?? synonyms[lower];
  if (level) return level;
  throw new CliError("E_USAGE", `${source}: "${text}" is none of ${logLevels.join(", ")}`);
}

/** Whether a line of `level` is shown at the chosen `threshold`. */
export function isShown(level: LogLevel, threshold: LogLevel): boolean {
  return logLevels.indexOf(level) <= logLevels.indexOf(threshold);
}
