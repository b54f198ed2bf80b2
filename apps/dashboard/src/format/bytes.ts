const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A number of bytes for people: three significant digits, binary units, `–` for what is not known. */
export function bytes(count: number | null | undefined): string {
  if (count === null || count === undefined || !Number.isFinite(count)) return "–";
  let value = Math.abs(count);
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${count < 0 ? "−" : ""}${value.toFixed(digits)} ${units[unit] ?? "B"}`;
}
