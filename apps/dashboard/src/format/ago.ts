/** How long ago an ISO 8601 time was, from `now` (milliseconds): `just now`, `5 min ago`, `3 d ago`; `–` if unreadable. */
export function ago(time: string | null | undefined, now: number = Date.now()): string {
  const at = time ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(at)) return "–";
  const seconds = Math.round((now - at) / 1000);
  if (seconds < -60) return new Date(at).toISOString().slice(0, 16).replace("T", " ");
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
