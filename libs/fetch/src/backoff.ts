/** What decides how long to wait before the next try. */
export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Wait before try `attempt + 1` (`attempt` counts failures, from 1). Exponential with full jitter, so that many clients
 * do not come back together; a host's `Retry-After` is taken at its word up to the cap (row N17).
 */
export function backoffMs(
  attempt: number,
  backoff: Backoff,
  random: () => number,
  retryAfterMs?: number,
): number {
  if (retryAfterMs !== undefined && retryAfterMs >= 0) return Math.min(retryAfterMs, backoff.capMs);
  const ceiling = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(random() * ceiling);
}
