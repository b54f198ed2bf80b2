import { CliError } from "../error.ts";

const unitBytes: Readonly<Record<string, number>> = {
  "": 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/**
 * Bytes of `512MB`, `1.5GB` or `1000000`: steps of 1,024, as sizes are printed.
 *
 * @throws CliError `E_USAGE` for anything else.
 */
export function parseBytes(text: string, flag: string): number {
  const match = /^([0-9]{1,15}(?:\.[0-9]{1,3})?) ?([kmgt]?)(?:i?b)?$/i.exec(text);
  const bytes = Math.round(
    Number(match?.[1]) * (unitBytes[match?.[2]?.toLowerCase() ?? ""] ?? NaN),
  );
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new CliError("E_USAGE", `${flag} "${text}": a size is written 512MB, 1.5GB or 1000000`);
}

/**
 * Bytes a second of `10MB` or, as lines are sold, `80Mbit`; a `/s` may follow.
 *
 * @throws CliError `E_USAGE` for anything else, zero included.
 */
export function parseRate(text: string, flag: string): number {
  const plain = text.replace(/\/s$/i, "");
  const bits = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)([kmg])bit$/i.exec(plain);
  const unit = { k: 1e3, m: 1e6, g: 1e9 }[bits?.[2]?.toLowerCase() ?? ""] ?? NaN;
  const bytes = bits ? (Number(bits[1]) * unit) / 8 : parseBytes(plain, flag);
  if (bytes > 0) return bytes;
  throw new CliError("E_USAGE", `${flag} "${text}": a rate is written 10MB or 80Mbit, and not 0`);
}
