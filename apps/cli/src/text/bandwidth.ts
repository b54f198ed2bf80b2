import { CliError } from "../error.ts";

/** Of a common office line; what `--dry-run` reckons with. */
export const defaultBandwidth = "100Mbit";

const unitBits: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9 };

/**
 * Bits per second of `100Mbit`, `1.5Gbit` or `500kbit`, as lines are sold: steps of 1,000.
 *
 * @throws CliError `E_USAGE` for anything else, zero included.
 */
export function parseBandwidth(text: string): number {
  const match = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)([kmg])bit(?:\/s)?$/i.exec(text);
  const bits = Number(match?.[1]) * (unitBits[match?.[2]?.toLowerCase() ?? ""] ?? NaN);
  if (bits > 0) return bits;
  throw new CliError(
    "E_USAGE",
    `--bandwidth "${text}": a bandwidth is written 100Mbit, 1.5Gbit or 500kbit`,
  );
}

/** `100 Mbit/s`, `1.5 Gbit/s`. */
export function bandwidthText(bitsPerSecond: number): string {
  const [divisor, unit] =
    bitsPerSecond >= 1e9 ? [1e9, "G"] : bitsPerSecond >= 1e6 ? [1e6, "M"] : [1e3, "k"];
  return `${Number((bitsPerSecond / divisor).toFixed(3))} ${unit}bit/s`;
}
