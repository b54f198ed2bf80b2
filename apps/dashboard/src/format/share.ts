/** A share from 0 to 1 as a percentage; one decimal, never a rounded `100 %` for what is less. */
export function share(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const percent = value * 100;
  const text = percent.toFixed(1);
  if (text === "100.0" && value < 1) return "99.9 %";
  return `${text.endsWith(".0") ? text.slice(0, -2) : text} %`;
}
