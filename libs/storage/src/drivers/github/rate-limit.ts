import type { GithubFault } from "./github-error.ts";

/** GitHub's advice where it names no time: a minute at least, and longer each time. */
const leastWaitMs = 60_000;

/**
 * How long a refusal asks to wait, in ms; undefined where it is none for asking too often. `retry-after` counts, else
 * the end of the hour's quota, else GitHub's advice. `attempt` counts from 1, `now` is in ms since 1970.
 */
export function rateLimitWait(
  fault: GithubFault,
  attempt: number,
  now: number,
): number | undefined {
  if (fault.status !== 403 && fault.status !== 429) return undefined;
  const headers = fault.response?.headers ?? {};
  const after = Number(headers["retry-after"] ?? Number.NaN);
  if (after >= 0) return after * 1000;
  if (headers["x-ratelimit-remaining"] === "0") {
    const resetsAt = Number(headers["x-ratelimit-reset"] ?? Number.NaN) * 1000;
    // A second more: the header is rounded, and clocks differ.
    if (resetsAt > 0) return Math.max(0, resetsAt - now) + 1000;
  }
  const isLimit = fault.status === 429 || /rate limit|abuse detection/i.test(fault.message);
  return isLimit ? leastWaitMs * 2 ** (attempt - 1) : undefined;
}
