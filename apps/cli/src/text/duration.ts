import { CliError } from "../error.ts";

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Seconds of `90s`, `15m`, `1h` or `7d`.
 *
 * @throws CliError `E_USAGE` that names `flag` for anything else, zero included.
 */
export function parseDuration(text: string, flag: string): number {
  const match = /^([1-9][0-9]{0,8})([smhd])$/.exec(text);
  const unit = unitSeconds[match?.[2] ?? ""];
  if (!match || unit === undefined) {
    throw new CliError("E_USAGE", `${flag} "${text}": a duration is written 90s, 15m, 1h or 7d`);
  }
  return Number(match[1]) * unit;
}

/** Whole days of `90d`; hours would make no sense to a host that counts days. */
export function parseDays(text: string, flag: string): number {
  const seconds = parseDuration(text, flag);
  if (seconds % 86_400 === 0) return seconds / 86_400;
  throw new CliError("E_USAGE", `${flag} "${text}": whole days, as in 7d`);
}
