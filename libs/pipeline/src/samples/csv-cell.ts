/**
 * One cell of a CSV file (RFC 4180). A text that a spreadsheet would run as a formula gets a `'` before it (row V18):
 * one that begins with `=`, `+`, `-`, `@`, a tab or a line end.
 */
export function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
